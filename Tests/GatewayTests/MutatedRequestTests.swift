import Feishu
import TestSupport
import Testing

@testable import Gateway

@Suite("Whatever bytes come, the gateway answers or closes, and goes on", .timeLimit(.minutes(2)))
struct MutatedRequestTests {
    @Test("requests with random damage are survived", arguments: [1, 2, 3] as [UInt64])
    func mutated(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let seeds = [
            event("e1"),
            event("e1", headers: "Expect: 100-continue\r\n") + "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n",
            "POST /api/feishu/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: g\r\nContent-Length: 3\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nabc",
        ]
        try await withGateway(limits: { $0.bodyBytes = 1_000 }) { gateway in
            for _ in 0..<150 {
                let request = Array((seeds.randomElement(using: &random) ?? "").utf8)
                let bytes = request.damaged(edits: 1...6, using: &random)
                let connection = try await gateway.connect()
                try? await connection.send(bytes)
                try? await connection.finishSending()
                let answer = await connection.rest()
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "))
                try? await connection.close()
            }
            try await gateway.expect(200, for: "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n")
            #expect(gateway.sink.events.allSatisfy { !$0.eventID.isEmpty })
        }
    }
}
