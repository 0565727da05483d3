import Foundation
import JSON
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Dead letters on the command line")
struct DeadCommandTests {
    private func withLetters(_ body: (RedisServer) async throws -> Void) async throws {
        try await RedisServer.with { server in
            let now = Date.now.formatted(.iso8601)
            try await server.fill([
                RedisCommand("LPUSH", "{minutes}:dead", Sample.letter("one"), Sample.letter("two", error: "Late")),
                RedisCommand("LPUSH", "{minutes}:dead", Sample.letter("three", task: "skill.run", at: now)),
                RedisCommand("LPUSH", "{minutes}:dead", #"{"at":"?","unreadable":"garbage"}"#),
            ])
            try await body(server)
        }
    }

    private func ids(_ run: ToolRun) throws -> [String?]? { try run.json().array?.map { $0["id"]?.string } }

    private func left(_ server: RedisServer) async throws -> [String?]? {
        try ids(try await server.tool("dead", "list", "minutes", "-o", "json"))
    }

    @Test("list shows the newest first, chosen by task, error or age, and nothing that could drive the terminal")
    func list() async throws {
        try await withLetters { server in
            #expect(try await left(server) == [nil, "three", "two", "one"])
            let two = try await server.tool("dead", "list", "minutes", "-n", "2", "-o", "json")
            #expect(try ids(two) == [nil, "three"])
            let late = try await server.tool("dead", "list", "minutes", "--error", "Late", "-o", "json")
            #expect(try ids(late) == ["two"])
            #expect(try late.json().array?.first?["n"] == 3)
            let skill = try await server.tool("dead", "list", "minutes", "--task", "skill.run", "-o", "json")
            #expect(try ids(skill) == ["three"])
            let recent = try await server.tool("dead", "list", "minutes", "--since", "10m", "-o", "json")
            #expect(try ids(recent) == ["three"])
            let text = try await server.tool("dead", "list", "minutes")
            #expect(text.output.contains("no·[2J such chat"))
            #expect(text.output.contains("(not JSON)"))
            #expect(!text.output.contains("hush"))
        }
    }

    @Test("show tells all about one letter, by position or by ID", arguments: ["4", "one"])
    func show(letter: String) async throws {
        try await withLetters { server in
            let run = try await server.tool("dead", "show", "minutes", letter, "-o", "json")
            let shown = try run.json()
            #expect(shown["id"] == "one")
            #expect(shown["n"] == 4)
            #expect(shown["error"] == "Broken")
            #expect(shown["deliveries"] == 6)
            #expect(shown["retries"] == 5)
            #expect(shown["kwargs"] == "{…}")
            let text = try await server.tool("dead", "show", "minutes", letter)
            #expect(text.output.contains("ERROR        Broken\n"))
            #expect(!text.output.contains("hush"))
            let absent = try await server.tool("dead", "show", "minutes", letter == "4" ? "5" : "five")
            #expect(absent.status == 1)
            #expect(absent.complaints.contains("no dead letter"))
        }
    }

    @Test("retry puts the chosen back into the queue and counts them, what is no message stays")
    func retry() async throws {
        try await withLetters { server in
            let one = try await server.tool("dead", "retry", "minutes", "one", "-o", "json")
            #expect(one.status == 0)
            #expect(try one.json() == [["queue": "minutes", "retried": 1, "not_a_message": 0]])
            #expect(try await left(server) == [nil, "three", "two"])
            let again = try await server.tool("dead", "retry", "minutes", "one", "two")
            #expect(again.status == 1)
            #expect(again.output == "QUEUE     RETRIED   NOT A MESSAGE\nminutes         1               0\n")
            #expect(again.complaints.contains("1 of the tasks"))
            let rest = try await server.tool("dead", "retry", "minutes", "--all", "-o", "json")
            #expect(try rest.json() == [["queue": "minutes", "retried": 1, "not_a_message": 1]])
            let peek = try await server.tool("queue", "peek", "minutes", "-o", "json")
            #expect(try ids(peek) == ["one", "two", "three"])
            #expect(try peek.json().array?.map { $0["retries"]?.integer } == [0, 0, 0])
        }
    }

    @Test("drop removes the chosen for good")
    func drop() async throws {
        try await withLetters { server in
            let late = try await server.tool("dead", "drop", "minutes", "--error", "Late")
            #expect(late.output == "QUEUE     DROPPED\nminutes         1\n")
            #expect(try await left(server) == [nil, "three", "one"])
            #expect(try await server.tool("dead", "drop", "minutes", "--since", "1h").status == 0)
            #expect(try await left(server) == [nil, "one"])
            #expect(try await server.tool("dead", "drop", "minutes", "--all").status == 0)
            // Nothing is left but the record of it.
            let keys = try await server.ask("KEYS", "*").array?.compactMap(\.string).sorted()
            #expect(keys == ["{audit}:head", "{audit}:log"])
            let last = try await server.ask("XREVRANGE", "{audit}:log", "+", "-", "COUNT", "1")
            #expect(last[0]?[1]?[3]?.string?.contains("dead_letters.drop") == true)
        }
    }

    @Test("on a terminal drop asks before it removes many")
    func confirmation() async throws {
        try await withLetters { server in
            let terminal = try TerminalRun(
                ["dead", "drop", "minutes", "--all"],
                environment: ["REDIS_URL": server.url]
            )
            try await terminal.says("Remove all dead letters of minutes for good? [y/N]")
            terminal.type("\n")
            #expect(try await terminal.ended() == 1)
            #expect(try await left(server)?.count == 4)
        }
    }

    @Test("spans of time", arguments: [("90s", 90), ("30m", 1800), ("2h", 7200), ("1d", 86_400)])
    func span(text: String, seconds: Int) {
        #expect(TimeSpan(argument: text)?.duration == .seconds(seconds))
    }

    @Test("what is no span of time", arguments: ["", "5", "m", "-1h", "1.5h", "9999999999999999d", "1 h"])
    func noSpan(text: String) {
        #expect(TimeSpan(argument: text) == nil)
    }
}
