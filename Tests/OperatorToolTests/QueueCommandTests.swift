import Foundation
import JSON
import Logging
import Redis
import TestSupport
import Testing

@testable import OperatorTool

@Suite("Queues on the command line")
struct QueueCommandTests {
    private let message = #"""
        {"body":"[[\"hello\"],{\"to\":\"all\"},{}]","content-type":"application/json","content-encoding":"utf-8",
        "headers":{"task":"assistant.echo","id":"7f1c","eta":"2026-11-23T18:00:00+00:00","retries":2},"properties":{}}
        """#

    @Test("list counts every place a message can be in, also what a dead worker left behind")
    func list() async throws {
        try await RedisServer.with { server in
            try await server.fill(
                [
                    RedisCommand("LPUSH", "interactive", "a", "b", "c"),
                    RedisCommand("ZADD", "{interactive}:scheduled", 1, "d"),
                    RedisCommand("HSET", "{interactive}:lanes", "chat", 2, "other", 5),
                    RedisCommand("LPUSH", "{interactive}:dead", "e", "f"),
                    RedisCommand("ZADD", "{interactive}:workers", 99_999_999_999_999, "alive", 1, "expired"),
                    RedisCommand("HSET", "{interactive}:inflight:alive", "t1", "j"),
                    RedisCommand("HSET", "{interactive}:inflight:expired", "t2", "k", "t3", "l"),
                    RedisCommand("ZADD", "{other}:workers", 0, "condemned"),
                    RedisCommand("HSET", "{other}:inflight:condemned", "t1", "j"),
                ]
            )
            let environment = ["REDIS_URL": server.url]
            let run = try await ToolRun.run("queue", "list", environment: environment)
            #expect(run.status == 0)
            #expect(
                run.output == """
                    QUEUE         READY   IN FLIGHT   PARKED   LIMITED   SCHEDULED   DEAD   WORKERS   OLDEST (S)   UNACCOUNTED   PAUSED
                    interactive       3           3        7         0           1      2         1            -             0   no
                    minutes           0           0        0         0           0      0         0            -             0   no
                    background        0           0        0         0           0      0         0            -             0   no

                    """
            )
            let one = try await ToolRun.run("queue", "list", "other", "-o", "json", environment: environment)
            #expect(
                try one.json() == [
                    [
                        "queue": "other", "ready": 0, "in_flight": 1, "parked": 0, "limited": 0, "scheduled": 0,
                        "dead": 0,
                        "workers": 0,
                        "oldest_seconds": nil, "unaccounted": 0, "paused": false, "paused_since": nil, "paused_by": nil,
                        "paused_reason": nil,
                    ]
                ]
            )
        }
    }

    @Test("peek shows the next messages first, takes none away and survives what is no message")
    func peek() async throws {
        try await RedisServer.with { server in
            let celery =
                #"{"headers":{"task":"t","id":"i","argsrepr":"('x',)","kwargsrepr":"{}","eta":null,"retries":0}}"#
            try await server.fill(
                [
                    RedisCommand("LPUSH", "interactive", message, celery, "no json \u{1B}[31m", "[1]")
                ]
            )
            let environment = ["REDIS_URL": server.url]
            let all = try await ToolRun.run("queue", "peek", "interactive", "-o", "json", environment: environment)
            let rows = try #require(try all.json().array)
            #expect(rows.map { $0["task"]?.string } == ["assistant.echo", "t", "(not JSON)", "(not a task message)"])
            #expect(rows[0]["args"] == #"["hello"]"#)
            #expect(rows[0]["kwargs"] == #"{"to":"all"}"#)
            #expect(rows[0]["retries"] == 2)
            #expect(rows[0]["eta"] == "2026-11-23T18:00:00+00:00")
            #expect(rows[1]["args"] == "('x',)")
            let one = try await ToolRun.run("queue", "peek", "interactive", "--count", "1", environment: environment)
            #expect(one.output.split(separator: "\n").count == 2)
            #expect(one.output.contains("assistant.echo   7f1c"))
            let after = try await ToolRun.run("queue", "list", "interactive", "-o", "json", environment: environment)
            #expect(try after.json().array?.first?["ready"] == 4)
        }
    }

    @Test("ends with status 3 when Redis is away and 1 when it refuses", arguments: [true, false])
    func failures(isAway: Bool) async throws {
        try await RedisServer.with { server in
            if isAway {
                server.stop()
            } else {
                try await server.fill([RedisCommand("SET", "interactive", "no list")])
            }
            let run = try await ToolRun.run("queue", "peek", "interactive", environment: ["REDIS_URL": server.url])
            #expect(run.status == (isAway ? 3 : 1))
            #expect(run.complaints.contains(isAway ? "redis is unreachable" : "WRONGTYPE"))
            #expect(run.output.isEmpty)
        }
    }

    @Test("a table keeps columns straight and lets nothing reach the terminal that could drive it")
    func table() {
        var table = Table([.init("NAME"), .init("COUNT", isNumber: true)])
        table.add(["a\u{1B}[2J\nb\u{202E}", 7])
        table.add([.null, 1_000])
        #expect(table.text(as: .table) == "NAME       COUNT\na·[2J·b·       7\n-           1000\n")
        #expect(table.json.array?.count == 2)
    }
}
