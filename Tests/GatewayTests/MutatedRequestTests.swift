import Feishu
import Testing

@testable import Gateway

@Suite("Whatever bytes come, the gateway answers or closes, and goes on", .timeLimit(.minutes(2)))
struct MutatedRequestTests {
    /// Numbers that are the same in every run (SplitMix64).
    private struct Sequence: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    @Test("requests with bytes changed, removed, doubled and cut are survived", arguments: [1, 2, 3] as [UInt64])
    func mutated(seed: UInt64) async throws {
        var random = Sequence(state: seed)
        let seeds = [
            event("e1"),
            event("e1", headers: "Expect: 100-continue\r\n") + "GET /healthz HTTP/1.1\r\nHost: g\r\n\r\n",
            "POST /api/feishu/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
            "POST /echo HTTP/1.1\r\nHost: g\r\nContent-Length: 3\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nabc",
        ]
        try await withGateway(limits: { $0.bodyBytes = 1_000 }) { gateway in
            for _ in 0..<150 {
                var bytes = Array((seeds.randomElement(using: &random) ?? "").utf8)
                for _ in 0..<Int.random(in: 1...6, using: &random) {
                    let index = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.remove(at: index)
                    case 2: bytes.insert(contentsOf: bytes[index...].prefix(20), at: index)
                    default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0...30, using: &random)))
                    }
                }
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
