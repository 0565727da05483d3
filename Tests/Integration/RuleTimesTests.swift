import Foundation
import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

extension WholeSystemTests {
    @Suite("Rules at their times, and the worker that leads killed")
    struct RuleTimesTests {
        private static let tick = PeriodicScripts.tick

        /// A minute ago, as cron has it in UTC: a starting worker makes up for what is less than half an hour ago.
        private static var justNow: String {
            var calendar = Calendar(identifier: .gregorian)
            calendar.timeZone = .gmt
            let parts = calendar.dateComponents([.hour, .minute], from: Date(timeIntervalSinceNow: -60))
            return "\(parts.minute ?? 0) \(parts.hour ?? 0) * * *"
        }

        private static func rules(_ chat: String) -> String {
            """
            rules:
              - name: stand-up
                app: \(AssistantSystem.App.id)
                on: {cron: "\(justNow)", time_zone: UTC}
                steps: [{say: {chat: \(chat), text: "Stand-up at {{time}}."}}]
            """
        }

        @Test(
            "the leader is killed at the tick of a rule: the other makes it happen, once, and the command line shows it",
            arguments: [FaultProxy.Side.request, .reply]
        )
        func killed(_ side: FaultProxy.Side) async throws {
            let rules = try RulesFixture()
            defer { rules.remove() }
            var options = AssistantSystem.Options(workers: 0)
            options.settings = ["AUTOMATION_RULES_FILE": rules.path, "WORKER_LEASE": "2"]
            try await AssistantSystem.with(options) { system in
                let chat = try await system.sandbox.makeGroup("Team")
                try rules.write(Self.rules(chat))
                let proxy = try await FaultProxy.start(
                    to: system.redis.port,
                    scripts: [Self.tick.sha1: Self.tick.name]
                )
                let victim = NIOLockedValueBox<ProgramProcess?>(nil)
                // At its first tick it need not load the script then.
                _ = try await system.database.send(RedisCommand("SCRIPT", "LOAD", Self.tick.source))
                // Of a request that Redis never sees, or of a reply to what it has done.
                proxy.follow { moment in
                    guard moment.name == Self.tick.name, moment.side == side, moment.refusal == nil,
                        let process = victim.withLockedValue(\.self)
                    else { return nil }
                    process.kill()
                    return .close
                }
                let first = try system.startWorker(["REDIS_URL": proxy.url])
                victim.withLockedValue { $0 = first }
                try await eventually("its death", within: .seconds(20)) { !first.isRunning }
                let second = try system.startWorker()
                // Beside the greeting of a new group.
                func said() async throws -> Int {
                    try await system.said(in: chat).count { $0.contains("Stand-up at") }
                }
                try await eventually("it is said", within: .seconds(20)) { try await said() > 0 }
                // A third, which brings the rules again.
                try await system.startWorker().says(#""message":"worker registered""#)
                try await system.settled()
                #expect(try await said() == 1)
                try await Self.expectListing(system)
                #expect(try await second.terminate() == .exited(0))
                await proxy.stop()
            }
        }

        private static func expectListing(_ system: AssistantSystem) async throws {
            let run = try await ProgramProcess.run(
                "ai-assistant",
                ["schedule", "list", "-o", "json"],
                environment: system.environment
            )
            let rows = try #require(try JSONValue(parsing: run.output).array)
            #expect(rows.map { $0["name"]?.string } == ["automation:\(AssistantSystem.App.id):stand-up"])
            #expect(rows[0]["task"] == "automation.run" && rows[0]["tasks"] == 1 && rows[0]["owner"] == "automation")
            // It happens again tomorrow.
            #expect(rows[0]["in_seconds"]?.integer.map { $0 > 80_000 } == true, "\(rows)")
        }
    }
}
