import JSON
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Fair turns on the command line")
struct TurnCommandTests {
    @Test("weights are set, listed with what waits, and removed")
    func turns() async throws {
        try await RedisServer.with { server in
            #expect(try await server.tool("turn", "set", "minutes", "acme", "2.5").status == 0)
            #expect(try await server.tool("turn", "set", "minutes", "", "3").status == 0)
            try await server.fill([
                RedisCommand("ZADD", "{minutes}:turns", 1, "tiny"),
                RedisCommand("LPUSH", "{minutes}:turn:tiny", "x", "y"),
                RedisCommand("LPUSH", "minutes", "z"),
            ])
            let list = try await server.tool("turn", "list", "minutes")
            #expect(
                list.output == """
                    KEY    WEIGHT   WAITING
                                3         1
                    acme      2.5         0
                    tiny        1         2

                    """
            )
            #expect(try await server.tool("turn", "remove", "minutes", "acme").status == 0)
            #expect(try await server.tool("turn", "remove", "minutes", "acme").status == 1)
            #expect(try await server.ask("HGETALL", "{minutes}:weights").array?.map(\.string) == ["", "3.0"])
        }
    }

    @Test("a weight out of range is refused", arguments: ["0", "1001", "-1", "nan", "much"])
    func refused(weight: String) async throws {
        try await RedisServer.with { server async throws in
            let set = try await server.tool("turn", "set", "minutes", "acme", "--", weight)
            #expect(set.status == 2)
            #expect(try await server.ask("EXISTS", "{minutes}:weights").integer == 0)
        }
    }
}
