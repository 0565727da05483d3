import JSON
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Pausing and purging on the command line")
struct PauseCommandTests {
    @Test("pause tells who, when and why, to the next operator too, and resume ends it")
    func pause() async throws {
        try await RedisServer.with { server in
            let run = try await server.tool("queue", "pause", "interactive", "minutes", "--reason", "deploy \u{1B}[7m")
            #expect(run.status == 0)
            #expect(run.output.hasPrefix("QUEUE "))
            #expect(run.output.contains("deploy ·[7m"))
            let value = try JSONValue(parsing: try await server.ask("GET", "{minutes}:paused").string ?? "")
            #expect(value["by"]?.string?.hasPrefix("local:") == true)
            #expect(value["reason"] == "deploy \u{1B}[7m")

            _ = try await server.tool("queue", "pause", "minutes", "--reason", "another")
            let list = try #require(try await server.tool("queue", "list", "-o", "json").json().array)
            #expect(list.map { $0["paused"]?.bool } == [true, true, false])
            #expect(list[1]["paused_reason"] == "deploy \u{1B}[7m")
            #expect(list[1]["paused_by"] == value["by"])
            #expect(list[1]["paused_since"] == value["at"])

            let resumed = try await server.tool("queue", "resume", "minutes", "background", "-o", "json")
            #expect(resumed.status == 0)
            #expect(try resumed.json().array?.map { $0["resumed"]?.bool } == [true, false])
            #expect(try await server.ask("EXISTS", "{minutes}:paused").integer == 0)
            #expect(try await server.ask("EXISTS", "{interactive}:paused").integer == 1)
        }
    }

    @Test("purge does nothing without a terminal or --yes, then empties what was named and tells how many")
    func purge() async throws {
        try await RedisServer.with { server in
            try await server.fill([
                RedisCommand("LPUSH", "interactive", "a", "b", "c"),
                RedisCommand("ZADD", "{interactive}:scheduled", 1, "d", 2, "e"),
                RedisCommand("LPUSH", "{interactive}:dead", "f"),
            ])
            let refused = try await server.tool("queue", "purge", "interactive")
            #expect(refused.status == 2)
            #expect(refused.complaints.contains("--yes"))
            #expect(try await server.ask("LLEN", "interactive").integer == 3)

            let waiting = try await server.tool("queue", "purge", "interactive", "--yes")
            #expect(waiting.status == 0)
            #expect(waiting.output == "QUEUE         PLACE   REMOVED\ninteractive   ready         3\n")
            #expect(try await server.ask("ZCARD", "{interactive}:scheduled").integer == 2)

            let rest = try await server.tool(
                "queue",
                "purge",
                "interactive",
                "--scheduled",
                "--dead",
                "-y",
                "-o",
                "json"
            )
            let rows = try rest.json().array
            #expect(rows?.map { $0["place"]?.string } == ["scheduled", "dead"])
            #expect(rows?.map { $0["removed"]?.integer } == [2, 1])
            // Nothing is left but the record of it.
            let keys = try await server.ask("KEYS", "*").array?.compactMap(\.string).sorted()
            #expect(keys == ["{audit}:head", "{audit}:log"])
            let last = try await server.ask("XREVRANGE", "{audit}:log", "+", "-", "COUNT", "1")
            #expect(last[0]?[1]?[3]?.string?.contains("queues.purge") == true)
        }
    }

    @Test("on a terminal purge asks first, and takes only yes for it", arguments: [("y\n", 0), ("\n", 1), ("no\n", 1)])
    func confirmation(answer: String, left: Int) async throws {
        try await RedisServer.with { server in
            try await server.fill([RedisCommand("LPUSH", "interactive", "a")])
            let terminal = try TerminalRun(["queue", "purge", "interactive"], environment: ["REDIS_URL": server.url])
            try await terminal.says("Remove 1 ready of interactive for good? [y/N]")
            terminal.type(answer)
            #expect(try await terminal.ended() == left)
            #expect(try await server.ask("LLEN", "interactive").integer == Int64(left))
        }
    }
}
