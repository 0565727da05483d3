import JSON
import Redis
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("The operator's command line against the running system")
    struct CommandLineTests {
        @Test("healthcheck tells whether the gateway serves, and with --ready whether its Redis answers")
        func health() async throws {
            try await AssistantSystem.with(.init(workers: 0)) { system in
                let healthy = try await Self.run(["healthcheck", "--url", system.gatewayURL], system)
                #expect(healthy.ending == .exited(0))
                let answer = try JSONValue(parsing: healthy.output)
                #expect(answer["status"] == "healthy")
                #expect(answer["uptime"]?.integer != nil)
                let ready = ["healthcheck", "--ready", "--url", system.gatewayURL]
                #expect(try await Self.run(ready, system).ending == .exited(0))

                system.redis.kill()
                #expect(try await Self.run(ready, system).ending == .exited(1))
                #expect(try await Self.run(["healthcheck", "--url", system.gatewayURL], system).ending == .exited(0))
                system.gateway.kill()
                #expect(try await Self.run(["healthcheck", "--url", system.gatewayURL], system).ending == .exited(3))
            }
        }

        @Test("queue list counts and queue peek shows what waits, and neither changes anything")
        func queues() async throws {
            try await AssistantSystem.with(.init(workers: 0)) { system in
                let first = try await system.sandbox.say("First")
                _ = try await system.sandbox.statuses(of: try #require(first.eventID), count: 1)
                let second = try await system.sandbox.say("Second")
                _ = try await system.sandbox.statuses(of: try #require(second.eventID), count: 1)

                let list = try await Self.run(["queue", "list", "--output", "json"], system)
                #expect(list.ending == .exited(0))
                let rows = try #require(try JSONValue(parsing: list.output).array)
                #expect(rows.map { $0["queue"]?.string } == ["interactive", "minutes", "background"])
                #expect(rows.map { $0["ready"]?.integer } == [2, 0, 0])
                for row in rows {
                    #expect(row["in_flight"] == 0)
                    #expect(row["dead"] == 0)
                    #expect(row["workers"] == 0)
                }

                let peek = try await Self.run(["queue", "peek", "interactive", "--output", "json"], system)
                #expect(peek.ending == .exited(0))
                let messages = try #require(try JSONValue(parsing: peek.output).array)
                #expect(messages.map { $0["task"]?.string } == ["feishu.event", "feishu.event"])
                let next = try await system.database.send(RedisCommand("LRANGE", "interactive", -1, -1))
                #expect(try JSONValue(parsing: next[0]?.string ?? "")["headers"]?["id"] == messages[0]["id"])
                let table = try await Self.run(["queue", "list"], system)
                #expect(table.output.hasPrefix("QUEUE"))
                #expect(try await system.census() == QueueCensus(ready: 2))

                let worker = try system.startWorker()
                _ = try await system.sandbox.reply(to: second.messageID)
                try await system.settled()
                let after = try await Self.run(["queue", "list", "--output", "json"], system)
                let counts = try #require(try JSONValue(parsing: after.output).array)
                for row in counts {
                    #expect(row["ready"] == 0)
                    #expect(row["in_flight"] == 0)
                    #expect(row["workers"] == 1)
                }
                #expect(worker.isRunning)
            }
        }

        @Test("doctor finds everything well, says what is wrong, and tells an unreachable Redis by its status")
        func doctor() async throws {
            var options = AssistantSystem.Options(workers: 0)
            options.redis = ["--appendonly", "yes"]
            try await AssistantSystem.with(options) { system in
                let well = try await Self.run(["doctor", "--output", "json"], system)
                #expect(well.ending == .exited(0), "\(well.output)")
                #expect(try Self.verdicts(well).contains("FAIL") == false)

                let wrong = try await ProgramProcess.run(
                    "ai-assistant",
                    ["doctor", "--output", "json"],
                    environment: system.environment.merging(["FEISHU_APP_SECRET": "wrong"]) { $1 }
                )
                #expect(wrong.ending == .exited(1), "\(wrong.output)")
                #expect(try Self.verdicts(wrong).contains("FAIL"))
                #expect(!wrong.output.contains(AssistantSystem.App.encryptKey))

                system.redis.kill()
                let unreachable = try await Self.run(["doctor", "--output", "json"], system)
                #expect(unreachable.ending == .exited(3), "\(unreachable.output)")
                #expect(try await Self.run(["queue", "list"], system).ending == .exited(3))
                #expect(try await Self.run(["queue", "lust"], system).ending == .exited(2))
            }
        }

        private static func run(
            _ arguments: [String],
            _ system: AssistantSystem
        ) async throws -> ProgramProcess.Outcome {
            try await ProgramProcess.run("ai-assistant", arguments, environment: system.environment)
        }

        private static func verdicts(_ outcome: ProgramProcess.Outcome) throws -> [String] {
            try #require(try JSONValue(parsing: outcome.output).array).compactMap { $0["verdict"]?.string }
        }
    }
}
