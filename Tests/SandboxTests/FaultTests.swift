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
