import FeishuSandbox
import HTTP
import JSON
import Testing

@Suite("Faults asked for", .timeLimit(.minutes(1)))
struct FaultTests {
    @Test(
        "the next calls fail as told, then all is well",
        arguments: [
            (Fault(kind: .rateLimited, count: 2, reset: 7), 429, 99_991_400 as Int64?),
            (Fault(kind: .chatRateLimited, count: 2), 400, 230_020),
            (Fault(kind: .serverError, count: 2, status: 503), 503, nil),
            (Fault(kind: .invalidToken, count: 2), 400, 99_991_663),
            (Fault(kind: .code, count: 2, code: 230_027), 400, 230_027),
        ]
    )
    func answers(fault: Fault, status: Int, code: Int64?) async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            sandbox.cloud.inject(fault)
            for _ in 0..<2 {
                let answer = try await sandbox.send(to: spoken.chatID, token: token)
                #expect(answer.status == status)
                #expect(answer.code == code)
            }
            #expect(try await sandbox.send(to: spoken.chatID, token: token).code == 0)
            #expect(sandbox.cloud.sent(chatID: nil)["totals"]?["sent"] == 1)
        }
    }

    @Test("a closed connection leaves nothing behind")
    func close() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            sandbox.cloud.inject(Fault(kind: .close, count: 1, path: "/messages"))
            await #expect(throws: HTTPClientError.self) {
                try await sandbox.withNewConnection { try await $0.send(to: spoken.chatID, token: token) }
            }
            #expect(sandbox.cloud.sent(chatID: nil)["totals"]?["sent"] == 0)
        }
    }

    @Test("a lost answer leaves the message, and the same uuid finds it")
    func lostAnswer() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let spoken = try sandbox.say()
            sandbox.cloud.inject(Fault(kind: .lostAnswer, count: 1, path: "/reply", method: "POST"))
            await #expect(throws: HTTPClientError.self) {
                try await sandbox.withNewConnection {
                    try await $0.reply(to: spoken.messageID, uuid: "u", token: token)
                }
            }
            #expect(try await sandbox.reply(to: spoken.messageID, uuid: "u", token: token).code == 0)
            #expect(sandbox.cloud.sent(chatID: nil)["totals"]?["sent"] == 1)
        }
    }

    @Test("a percentage hits about as many calls of any interface, the same ones for the same seed")
    func percentage() async throws {
        var configuration = SandboxConfiguration(verifiesEventURL: false)
        configuration.rates = .none
        try await RunningSandbox.with(configuration) { sandbox in
            let token = try await sandbox.token()
            let id = try await sandbox.createCard(token: token)
            func hits() async throws -> [Int] {
                _ = try await sandbox.call("DELETE", "/sandbox/faults")
                let fault: JSONValue = ["kind": "server_error", "percent": 30, "path": "/cardkit/", "seed": 7]
                #expect(try await sandbox.call("POST", "/sandbox/faults", fault).status == 200)
                var hits: [Int] = []
                for number in 0..<200 {
                    let answer = try await sandbox.stream("x", into: id, 2_000_000_000, token: token)
                    if answer.status == 502 { hits.append(number) }
                }
                return hits
            }
            let first = try await hits()
            #expect((35...85).contains(first.count))
            #expect(try await hits() == first)
            #expect(try await sandbox.call("GET", "/open-apis/bot/v3/info", token: token).status == 200)
        }
    }

    @Test("a lost answer to CardKit leaves the operation, and its uuid finds it")
    func lostOperation() async throws {
        try await RunningSandbox.with { sandbox in
            let token = try await sandbox.token()
            let id = try await sandbox.createCard(token: token)
            sandbox.cloud.inject(Fault(kind: .lostAnswer, count: 1, path: "/content", method: "PUT"))
            await #expect(throws: HTTPClientError.self) {
                try await sandbox.withNewConnection {
                    try await $0.stream("done", into: id, 1, uuid: "u", token: token)
                }
            }
            #expect(try sandbox.text(of: id) == "done")
            #expect(try await sandbox.stream("done", into: id, 1, uuid: "u", token: token).code == 0)
        }
    }

    @Test("faults come through the control interface and are checked")
    func control() async throws {
        try await RunningSandbox.with { sandbox in
            let good = try await sandbox.call("POST", "/sandbox/faults", ["kind": "server_error", "count": 1])
            #expect(good.json["waiting"]?.array?.count == 1)
            for bad: JSONValue in [["kind": "earthquake", "count": 1], ["kind": "close", "count": 0], ["count": 1]] {
                #expect(try await sandbox.call("POST", "/sandbox/faults", bad).status == 400)
            }
            #expect(try await sandbox.call("DELETE", "/sandbox/faults").json["waiting"]?.array?.isEmpty == true)
        }
    }
}
