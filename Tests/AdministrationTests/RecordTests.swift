import Administration
import Identity
import JSON
import JobQueue
import Platform
import Testing

/// What is written down of requests, and how many may be made.
@Suite struct RecordTests {
    @Test("a change is recorded with how things stood before and after, a look is not")
    func changes() async throws {
        try await AdminUnderTest.with { admin in
            let token = try await admin.token(.operator)
            _ = await admin.ask("GET", "queues", token: token)
            let pause = await admin.ask("PUT", "queues/minutes/pause", token: token, body: ["reason": "a look at it"])
            #expect(pause.status == 200)
            #expect(await admin.ask("DELETE", "queues/minutes/pause", token: token).status == 200)
            let records = admin.audit.records
            #expect(records.map(\.entry.action) == ["queues.pause", "queues.resume"])
            #expect(records.allSatisfy { $0.entry.actor == "robot" && $0.entry.role == "operator" })
            #expect(records.allSatisfy { $0.entry.target == "queues/minutes/pause" && $0.entry.outcome == .ok })
            #expect(records[0].entry.before == .null)
            #expect(records[0].entry.after?["reason"] == "a look at it")
            #expect(records[1].entry.before?["reason"] == "a look at it")
            #expect(records[0].entry.requestID == "request-1" && records[0].entry.address == "192.0.2.1")
        }
    }

    @Test("who is refused for their role, and who fails to sign in, is recorded by name")
    func refusals() async throws {
        try await AdminUnderTest.with { admin in
            _ = await admin.ask("GET", "people", token: try await admin.token(.viewer))
            _ = await admin.ask("POST", "sessions", body: ["name": "ada", "password": "not the password"])
            let records = admin.audit.records
            #expect(records.map(\.entry.action) == ["people.list", "sessions.begin"])
            #expect(records.map(\.entry.actor) == ["robot", "ada"])
            #expect(records.allSatisfy { $0.entry.outcome == .refused })
            #expect(records[0].entry.detail?.hasPrefix("role-too-low") == true)
            #expect(records[1].entry.detail?.hasPrefix("wrong-credentials") == true)
            #expect(!records.contains { $0.json.text.contains("not the password") })
        }
    }

    @Test("a token that asks too often is told to wait, and no other")
    func rate() async throws {
        try await AdminUnderTest.with(["ADMIN_RATE_LIMIT": "3"]) { admin in
            let token = try await admin.token(.viewer)
            var answers: [AdminResponse] = []
            // All within one minute, or the count of a part of them would begin anew.
            while answers.count < 8 { answers.append(await admin.ask("GET", "me", token: token)) }
            let refused = answers.filter { $0.status == 429 }
            #expect(answers.count { $0.status == 200 } <= 6 && refused.count >= 2)
            #expect(refused.allSatisfy { ($0.header("Retry-After").flatMap { Int($0) } ?? 0) >= 1 })
            #expect(answers.first?.header("RateLimit-Limit") == "3")
            #expect(await admin.ask("GET", "me", token: try await admin.token(.viewer)).status == 200)
        }
    }

    @Test("a version that is not there any more is refused, and nothing is changed")
    func versions() async throws {
        try await AdminUnderTest.with { admin in
            let token = try await admin.token(.operator)
            let before = await admin.ask("GET", "queues/minutes", token: token)
            let etag = try #require(before.header("ETag"))
            #expect(await admin.ask("PUT", "queues/minutes/pause", token: token, body: [:]).status == 200)
            let late = await admin.ask(
                "PUT",
                "queues/minutes/pause",
                token: token,
                headers: ["if-match": etag],
                body: ["reason": "too late"]
            )
            #expect(late.status == 412)
            #expect(await admin.ask("GET", "queues/minutes", token: token).body?["pause"]?["reason"] == .null)
        }
    }

    @Test(
        "a plugin that is not there is named, without what would drive a terminal",
        arguments: [
            ("GET", "plugins/weathr", "weathr"), ("GET", "plugins/weathr/logs", "weathr"),
            ("POST", "plugins/weathr/test", "weathr"), ("GET", "plugins/We\u{1B}[2Jathr\u{202E}", "We[2Jathr"),
        ]
    )
    func unknownPlugin(method: String, path: String, name: String) async throws {
        try await AdminUnderTest.with { admin in
            let body: JSONValue? = method == "POST" ? ["message": "hello"] : nil
            let answer = await admin.ask(method, path, token: try await admin.token(.admin), body: body)
            #expect(answer.status == 404)
            #expect(
                answer.body?["detail"]?.string == "no plugin \(name) is installed; `plugins list` shows those that are"
            )
        }
    }

    @Test("a whole number is one however it is written", arguments: [JSONValue.integer(50), .double(50)])
    func wholeNumbers(length: JSONValue) async throws {
        try await AdminUnderTest.with { admin in
            let token = try await admin.token(.operator)
            let bound = await admin.ask("PUT", "queues/minutes/bound", token: token, body: ["length": length])
            #expect(bound.status == 204)
            #expect(admin.audit.records.last?.entry.after == ["length": 50, "drop_oldest": false])
            #expect(try await QueueLimits(redis: admin.redis).bound(of: "minutes")?.length == 50)
        }
    }

    @Test("what was sent is checked: where it is wrong is told, and what no path takes")
    func hostileRequests() async throws {
        try await AdminUnderTest.with { admin in
            let token = try await admin.token(.operator)
            let body = await admin.ask(
                "POST",
                "queues/minutes/purge",
                token: token,
                body: ["places": ["attic"], "x": 1]
            )
            #expect(body.status == 422)
            let pointers = body.body?["errors"]?.array?.compactMap { $0["pointer"]?.string }
            #expect(pointers?.sorted() == ["/places/0", "/x"])
            #expect(await admin.ask("GET", "queues?limit=0", token: token).status == 422)
            #expect(await admin.ask("GET", "queues?colour=red", token: token).status == 422)
            #expect(await admin.ask("GET", "queues?limit=1&limit=2", token: token).status == 422)
            let method = await admin.ask("PATCH", "queues/minutes", token: token)
            #expect(method.status == 405 && method.header("Allow") == "GET")
            #expect(await admin.ask("GET", "nowhere", token: token).status == 404)
            #expect(await admin.ask("TRACE", "queues", token: token).status == 405)
        }
    }
}
