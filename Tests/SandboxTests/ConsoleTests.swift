import FeishuSandbox
import JSON
import Testing

@Suite("What the cloud allows", .timeLimit(.minutes(1)))
struct ConsoleTests {
    @Test("a missing scope is named in the refusal, and granting it heals it")
    func scopes() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let withdrawn = try await sandbox.call(
                "PUT",
                "/sandbox/apps/main",
                ["withdraw": ["cardkit:card:write", "im:message", "im:message:send_as_bot"]]
            )
            #expect(withdrawn.status == 200)
            let body: JSONValue = ["type": "card_json", "data": .string(RunningSandbox.card().text)]
            let refused = try await sandbox.call("POST", "/open-apis/cardkit/v1/cards", body, token: token)
            #expect(refused.status == 400)
            #expect(refused.code == 99_991_672)
            #expect(
                refused.json["error"]?["permission_violations"]
                    == [["type": "action_scope_required", "subject": "cardkit:card:write"]]
            )
            let spoken = try sandbox.say()
            let send = try await sandbox.send(to: spoken.chatID, token: token)
            #expect(send.json["msg"]?.string?.contains("[im:message, im:message:send_as_bot]") == true)
            try sandbox.cloud.changeApp(nil, ["grant": ["im:message:send_as_bot"]])
            #expect(try await sandbox.send(to: spoken.chatID, token: token).code == 0)
        }
    }

    @Test("what a bot hears depends on its scopes")
    func hearing() async throws {
        try await RunningSandbox.with { sandbox in
            func say(_ text: String, group: String?, mentioning: Bool) throws -> String? {
                var utterance = Utterance(person: "Ann", text: text, group: group)
                utterance.mentionsBot = mentioning
                return try sandbox.cloud.say(utterance).eventID
            }
            #expect(try say("hi", group: nil, mentioning: false) != nil)
            #expect(try say("hi", group: "Team", mentioning: true) != nil)
            #expect(try say("hi", group: "Team", mentioning: false) == nil)
            #expect(try say("@_all lunch", group: "Team", mentioning: false) != nil)
            try sandbox.cloud.changeApp(nil, ["grant": [.string(Scopes.everyGroupMessage)]])
            #expect(try say("hi", group: "Team", mentioning: false) != nil)
            try sandbox.cloud.changeApp(nil, ["scopes": ["im:message"]])
            #expect(try say("hi", group: nil, mentioning: false) == nil)
            #expect(try say("hi", group: "Team", mentioning: true) == nil)
        }
    }

    @Test("the monthly quota is used up with 99991403")
    func quota() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let set = try await sandbox.call("PUT", "/sandbox/quota", ["limit": 2])
            #expect(set.json == ["limit": 2, "used": 0])
            let path = "/open-apis/bot/v3/info"
            var codes: [Int64?] = []
            for _ in 0..<3 { codes.append(try await sandbox.call("GET", path, token: token).code) }
            #expect(codes == [0, 0, 99_991_403])
            _ = try await sandbox.call("PUT", "/sandbox/quota", ["limit": .null])
            #expect(try await sandbox.call("GET", path, token: token).code == 0)
        }
    }

    @Test("limits are switched off, scaled and set one by one, and 99991400 may come with 400")
    func rates() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            func refusals(of count: Int) async throws -> Int {
                time.advance(.seconds(60))
                var refused = 0
                for _ in 0..<count where try await sandbox.send(to: spoken.chatID, token: token).code == 230_020 {
                    refused += 1
                }
                return refused
            }
            #expect(try await refusals(of: 12) == 7)
            _ = try await sandbox.call("PUT", "/sandbox/rates", ["scale": 2])
            #expect(try await refusals(of: 12) == 2)
            _ = try await sandbox.call("PUT", "/sandbox/rates", ["enabled": false])
            #expect(try await refusals(of: 12) == 0)
            let set = try await sandbox.call(
                "PUT",
                "/sandbox/rates",
                ["interface_per_second": 1, "refusal_status": 400]
            )
            #expect(set.json["interface_per_second"] == 1)
            time.advance(.seconds(60))
            #expect(try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token).code == 0)
            let refused = try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token)
            #expect(refused.status == 400)
            #expect(refused.code == 99_991_400)
            #expect(refused.header("x-ogw-ratelimit-reset") == "1")
            for bad: JSONValue in [["scale": 0], ["chat_per_second": -1], ["refusal_status": 503]] {
                #expect(try await sandbox.call("PUT", "/sandbox/rates", bad).status == 400)
            }
        }
    }

    @Test("a minute of steady calls meets the limit of a thousand a minute")
    func minute() async throws {
        let time = TestTime()
        try await RunningSandbox.with(time: time.cloudTime) { sandbox in
            let token = try await sandbox.token()
            _ = try await sandbox.call("PUT", "/sandbox/rates", ["interface_per_minute": 100])
            for _ in 0..<100 {
                time.advance(.milliseconds(100))
                #expect(try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token).code == 0)
            }
            let refused = try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token)
            #expect(refused.status == 429)
            #expect(refused.header("x-ogw-ratelimit-reset") == "51")
        }
    }

    @Test("calls and refusals are counted by interface, and the calls of each answer")
    func calls() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            let id = try await sandbox.createCard(token: token)
            _ = try await sandbox.sendCard(id, replyTo: spoken.messageID, token: token)
            _ = try await sandbox.stream("a", into: id, 1, token: token)
            _ = try await sandbox.stream("a", into: id, 1, token: token)
            sandbox.cloud.inject(Fault(kind: .rateLimited, count: 1))
            _ = try await sandbox.send(to: spoken.chatID, token: token)
            let calls = try await sandbox.call("GET", "/sandbox/calls").json
            #expect(calls["calls"] == 6)
            #expect(calls["refusals"] == 2)
            #expect(calls["too_often"] == 1)
            let streams = calls["interfaces"]?["PUT /open-apis/cardkit/v1/cards/:card/elements/:element/content"]
            #expect(streams == ["calls": 2, "refusals": ["300317": 1]])
            let answers = try await sandbox.call("GET", "/sandbox/calls/answers").json
            // Creating, replying, and streaming twice.
            #expect(answers["highest"] == 4)
            let reset = try await sandbox.call("DELETE", "/sandbox/calls").json
            #expect(reset["calls"] == 0)
        }
    }

    @Test("a bot hears of another bot's message only when it is mentioned and was granted that")
    func botsAmongThemselves() async throws {
        var configuration = SandboxConfiguration(verifiesEventURL: false)
        configuration.otherApps = [SandboxApp(id: "cli_00000000000000aa", name: "Other")]
        try await RunningSandbox.with(configuration) { sandbox in
            let token = try await sandbox.token()
            let other = sandbox.cloud.configuration.otherApps[0]
            let chat = try sandbox.cloud.addGroup(
                named: "Bots",
                members: [],
                apps: sandbox.cloud.configuration.apps.map(\.id),
                by: "Ann"
            )
            let info = try await sandbox.call(
                "GET",
                "/open-apis/bot/v3/info",
                token: try await sandbox.token(of: other)
            )
            let id = try #require(info.json["bot"]?["open_id"]?.string)
            func events() async throws -> [JSONValue] {
                let deliveries = try await sandbox.call("GET", "/sandbox/deliveries").json["deliveries"]?.array ?? []
                return deliveries.filter { $0["event_type"] == "im.message.receive_v1" }
            }
            let text: JSONValue = ["text": .string("<at user_id=\"\(id)\">Other</at> go on")]
            #expect(try await sandbox.send(to: chat, content: text, token: token).code == 0)
            #expect(try await events().isEmpty)
            try sandbox.cloud.changeApp(other.id, ["grant": [.string(Scopes.mentionsByBots)]])
            #expect(try await sandbox.send(to: chat, token: token).code == 0)
            #expect(try await events().isEmpty)
            let sent = try await sandbox.send(to: chat, content: text, token: token)
            #expect(sent.json["data"]?["mentions"]?.array?.first?["name"] == "Other")
            #expect(try await events().map { $0["app_id"]?.string } == [other.id])
        }
    }

    @Test("several apps have their own tokens, limits, bots and private chats")
    func apps() async throws {
        var configuration = SandboxConfiguration(verifiesEventURL: false)
        configuration.otherApps = [SandboxApp(id: "cli_00000000000000aa", name: "Other")]
        try await RunningSandbox.with(configuration) { sandbox in
            let other = sandbox.cloud.configuration.otherApps[0]
            let tokens = [try await sandbox.token(), try await sandbox.token(of: other)]
            var bots: [JSONValue?] = []
            for token in tokens {
                bots.append(
                    try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token).json["bot"]?["app_name"]
                )
            }
            #expect(bots == ["AI Assistant", "Other"])
            let spoken = try sandbox.say()
            var utterance = Utterance(person: "Ann", text: "hello other")
            utterance.app = other.id
            let elsewhere = try sandbox.cloud.say(utterance)
            #expect(elsewhere.chatID != spoken.chatID)
            #expect(try await sandbox.send(to: spoken.chatID, token: tokens[1]).code == 230_002)
            #expect(try await sandbox.send(to: elsewhere.chatID, token: tokens[1]).code == 0)
            let own = try await sandbox.send(to: spoken.chatID, token: tokens[0])
            let id = try #require(own.json["data"]?["message_id"]?.string)
            #expect(
                try await sandbox.call("DELETE", "/open-apis/im/v1/messages/\(id)", token: tokens[1]).code == 230_026
            )
        }
    }
}
