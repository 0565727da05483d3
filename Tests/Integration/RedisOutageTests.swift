import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Redis goes away and comes back")
    struct RedisOutageTests {
        /// Everything acknowledged is on disk.
        private static let durable = ["--appendonly", "yes", "--appendfsync", "always"]
        /// What the contract allows the gateway to take for a 503.
        private static let allowed = Duration.seconds(1)

        private enum Outage: String, CaseIterable { case frozen, killed }

        @Test(
            "503 within a second while it is away, and everything is answered once it is back",
            arguments: Outage.allCases
        )
        private func outage(_ outage: Outage) async throws {
            var options = AssistantSystem.Options(redis: Self.durable)
            options.settings = ["WORKER_LEASE": "2"]
            try await AssistantSystem.with(options) { system in
                let before = try await system.sandbox.say("Before it went away")
                _ = try await system.sandbox.reply(to: before.messageID)
                // These may be anywhere between the gateway and their reply when Redis goes.
                let during = try await Self.say(20, to: system, from: 0)

                switch outage {
                case .frozen: system.redis.pause()
                case .killed: system.redis.kill()
                }
                try await Self.expectRefusals(of: system)
                let unheard = try await Self.say(20, to: system, from: 20)
                for message in unheard {
                    let eventID = try #require(message.eventID)
                    #expect(try await system.sandbox.statuses(of: eventID, count: 1).first == 503)
                }

                switch outage {
                case .frozen: system.redis.resume()
                case .killed: try await system.redis.restart()
                }
                try await eventually("readiness", within: .seconds(30)) {
                    try await system.ask("GET", "/readyz").status == 200
                }
                let next = try await system.sandbox.say("After it came back")
                let nextEvent = try #require(next.eventID)
                #expect(try await system.sandbox.statuses(of: nextEvent, count: 1) == [200])

                for message in [next] + during + unheard {
                    _ = try await system.sandbox.reply(to: message.messageID, within: .seconds(60))
                }
                // The frozen server ran the commands that were answered 503: those tasks fail, their messages being unknown.
                try await system.settled()
                let mine = Set(([before, next] + during + unheard).map(\.messageID))
                let sent = try await system.sandbox.sendings().filter { $0.outcome == "sent" }
                #expect(sent.count == mine.count)
                #expect(Set(sent.compactMap(\.parentID)) == mine)
                #expect(system.gateway.isRunning)
                #expect(system.workers.map(\.isRunning) == [true])
            }
        }

        /// All at once: three events are refused in time, the gateway lives, and says that it is not ready.
        private static func expectRefusals(of system: AssistantSystem) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in 0..<3 {
                    group.addTask {
                        let request = try SealedRequest(
                            MessageEvent(messageID: "om_outage\(index)").envelope(eventID: "outage-\(index)")
                        )
                        let answer = try await system.ask(
                            "POST",
                            EventPath.path,
                            headers: request.headers,
                            body: request.body
                        )
                        #expect(answer.status == 503)
                        #expect(answer.took < allowed)
                    }
                }
                group.addTask {
                    let live = try await system.ask("GET", "/healthz")
                    #expect(live.status == 200)
                    #expect(live.body.contains(#""status":"healthy""#))
                }
                group.addTask {
                    let ready = try await system.ask("GET", "/readyz")
                    #expect(ready.status == 503)
                    #expect(ready.took < allowed)
                }
                try await group.waitForAll()
            }
        }

        /// So many people write at once.
        private static func say(
            _ count: Int,
            to system: AssistantSystem,
            from first: Int
        ) async throws -> [SandboxControl.Utterance] {
            try await withThrowingTaskGroup(of: SandboxControl.Utterance.self) { group in
                for index in first..<first + count {
                    group.addTask { try await system.sandbox.say("Question \(index)", as: "Person \(index)") }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
    }
}
