import JSON
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Limits on the command line")
struct LimitCommandTests {
    @Test("limits are defined, listed with what runs and waits, and removed")
    func limits() async throws {
        try await RedisServer.with { server in
            let set = try await server.tool(
                "limit",
                "set",
                "minutes",
                "tenant:*",
                "--concurrency",
                "2",
                "--rate",
                "90/1m",
                "--burst",
                "5"
            )
            #expect(set.status == 0)
            try await server.fill([
                RedisCommand("ZADD", "{minutes}:limited", 1, "tenant:a"),
                RedisCommand("LPUSH", "{minutes}:limited:tenant:a", "x", "y"),
                RedisCommand("ZADD", "{minutes}:holders:tenant:a", 1, "1", 2, "2"),
                RedisCommand("HSET", "{minutes}:limits", "odd", "no JSON"),
            ])
            let list = try await server.tool("limit", "list", "minutes")
            #expect(
                list.output == """
                    LIMIT      AT ONCE   RATE     BURST   RUNNING   WAITING   RESTS (S)
                    odd              -   -            -         0         0           -
                    tenant:*         2   90/60s       5         0         0           -
                    tenant:a         2   90/60s       5         2         2           -

                    """
            )
            #expect(try await server.tool("limit", "remove", "minutes", "tenant:*").status == 0)
            #expect(try await server.tool("limit", "remove", "minutes", "tenant:*").status == 1)
            #expect(try await server.ask("HKEYS", "{minutes}:limits").array?.map(\.string) == ["odd"])
        }
    }

    @Test("a bound on a queue's length is set and lifted")
    func length() async throws {
        try await RedisServer.with { server in
            #expect(try await server.tool("limit", "length", "minutes", "9", "--drop-oldest").status == 0)
            let bound = try await server.ask("GET", "{minutes}:bound").string ?? ""
            #expect(try JSONValue(parsing: bound) == ["length": 9, "policy": "drop"])
            #expect(try await server.tool("limit", "length", "minutes", "none").status == 0)
            #expect(try await server.ask("EXISTS", "{minutes}:bound").integer == 0)
        }
    }

    @Test(
        "what bounds nothing is refused with a word",
        arguments: [
            ["q", "task:a"], ["q", "task:a", "--concurrency", "-1"], ["q", "task:a", "--rate", "0/1s"],
            ["q", "task:a", "--rate", "5"], ["q", "", "--concurrency", "1"],
            ["q", "a", "--concurrency", "1", "--burst", "2"],
        ]
    )
    func wrong(arguments: [String]) async throws {
        let run = try await ToolRun.run(arguments: ["limit", "set"] + arguments)
        #expect(run.status == 2)
        #expect(!run.complaints.isEmpty)
    }
}
