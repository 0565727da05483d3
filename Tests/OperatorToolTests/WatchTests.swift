import Foundation
import JSON
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Watching")
struct WatchTests {
    @Test("--watch shows every change until Ctrl-C, which ends it with status 0", arguments: [SIGINT, SIGTERM])
    func watch(signal: Int32) async throws {
        try await RedisServer.with { server in
            let program = try ProgramProcess(
                "ai-assistant",
                ["queue", "list", "interactive", "--watch", "0.1", "-o", "json"],
                environment: ["REDIS_URL": server.url]
            )
            let first = try JSONValue(parsing: try await program.says(#""ready":0"#))
            #expect(first.array?.count == 1)
            try await server.fill([RedisCommand("LPUSH", "interactive", "a", "b")])
            try await program.says(#""ready":2"#)
            program.signal(signal)
            #expect(try await program.ended() == .exited(0))
        }
    }

    @Test("a Redis that goes away is told of, and watching goes on when it is back")
    func outage() async throws {
        try await RedisServer.with { server in
            let program = try ProgramProcess(
                "ai-assistant",
                ["worker", "list", "--watch", "0.1"],
                environment: ["REDIS_URL": server.url]
            )
            try await program.says("WORKER")
            server.kill()
            try await program.says("redis is unreachable")
            try await server.restart()
            try await server.fill([RedisCommand("ZADD", "{interactive}:workers", 99_999_999_999_999, "w1")])
            try await program.says("w1")
            program.signal(SIGINT)
            #expect(try await program.ended() == .exited(0))

            server.kill()
            #expect(try await server.tool("worker", "list", "--watch", "0.1").status == 3)
        }
    }

    @Test("on a terminal each look takes the place of the one before")
    func redraw() async throws {
        try await RedisServer.with { server in
            // The queue's name is no number of seconds, so it is a queue and the time is the default.
            let terminal = try TerminalRun(
                ["queue", "list", "--watch", "interactive"],
                environment: ["REDIS_URL": server.url]
            )
            try await terminal.says("interactive")
            #expect(terminal.screen.hasPrefix("\u{1B}[HQUEUE"))
            try await eventually("another look") { terminal.screen.components(separatedBy: "\u{1B}[J").count > 2 }
            #expect(!terminal.screen.contains("minutes"))
            terminal.interrupt()
            #expect(try await terminal.ended() == 0)
        }
    }

    @Test("a redraw leaves nothing of a longer result behind")
    func screen() {
        #expect(Screen(isTerminal: true).rendered("a\nb\n") == "\u{1B}[Ha\u{1B}[K\nb\u{1B}[K\n\u{1B}[J")
        #expect(Screen(isTerminal: false).rendered("a\nb\n") == "a\nb\n")
    }
}
