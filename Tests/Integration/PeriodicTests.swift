import Foundation
import JSON
import Redis
import TestSupport
import Testing

@Suite("Periodic jobs of the worker program", .timeLimit(.minutes(1)))
struct PeriodicTests {
    @Test("two workers run what their configuration names, once each second; without it, it is gone")
    func configured() async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: .silent)
            defer { redis.close() }
            let plain = ["REDIS_URL": server.url, "WORKER_LEASE": "2"]
            let environment = plain.merging([
                "SCHEDULE_NAME": "tick", "SCHEDULE_EVERY": "1", "SCHEDULE_TASK": "assistant.echo",
                "SCHEDULE_ARGS": #"["你好"]"#, "SCHEDULE_CATCH_UP": "all",
            ]) { $1 }
            let workers = try (0..<2).map { _ in try ProgramProcess("worker", environment: environment) }
            func times() async throws -> [Int64] {
                let keys = try await redis.send(RedisCommand("KEYS", "celery-task-meta-tick@*")).array ?? []
                return keys.compactMap { $0.string?.split(separator: "@").last.flatMap { Int64($0) } }.sorted()
            }
            try await eventually("three of them", within: .seconds(20)) { try await times().count >= 3 }
            // Whoever led, the other goes on.
            #expect(try await workers[0].terminate() == .exited(0))
            let before = try await times().count
            try await eventually("two more", within: .seconds(20)) { try await times().count >= before + 2 }
            let found = try await times()
            #expect(zip(found, found.dropFirst()).allSatisfy { $1 - $0 == 1_000 }, "\(found)")
            let text = try await redis.send(RedisCommand("GET", "celery-task-meta-tick@\(found[0])")).string ?? ""
            #expect(try JSONValue(parsing: text)["result"] == "你好")
            #expect(try await workers[1].terminate() == .exited(0))

            let other = try ProgramProcess("worker", environment: plain)
            try await eventually("it is gone") {
                try await redis.send(RedisCommand("EXISTS", "{jobqueue.periodic}:jobs")).integer == 0
            }
            #expect(try await other.terminate() == .exited(0))
        }
    }

    @Test("a periodic job that cannot be keeps the worker from starting, which says why")
    func wrong() async throws {
        let outcome = try await ProgramProcess.run(
            "worker",
            environment: ["SCHEDULE_NAME": "tick", "SCHEDULE_TASK": "t", "SCHEDULE_CRON": "0 0 31 2 *"]
        )
        #expect(outcome.ending == .exited(2))
        #expect(outcome.errors.contains("schedules[0].cron: never"))
    }
}
