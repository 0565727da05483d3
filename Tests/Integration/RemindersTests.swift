import Foundation
import JSON
import Redis
import TestSupport
import Testing

extension WholeSystemTests {
    @Suite("Reminders in words")
    struct RemindersTests {
        private static let zone = "America/New_York"

        /// Says something, and gives the answer to it.
        private static func ask(_ text: String, _ system: AssistantSystem, as user: String = "Maya") async throws
            -> (messageID: String, answer: String)
        {
            let message = try await system.sandbox.say(text, as: user)
            return (message.messageID, try await system.sandbox.wholeReply(to: message.messageID).text)
        }

        /// The id in `` `k7m2` ``.
        private static func id(in answer: String) throws -> String {
            let parts = answer.split(separator: "`")
            return String(try #require(parts.first { $0.count == 4 && $0.allSatisfy { $0.isLetter || $0.isNumber } }))
        }

        private static func kept(_ user: String, _ system: AssistantSystem) async throws -> [JSONValue] {
            let key = "assistant:reminders:\(AssistantSystem.App.id):\(try await system.openID(of: user))"
            let values = try await system.database.send(RedisCommand("HVALS", key)).array ?? []
            return try values.compactMap(\.string).map { value in
                try JSONValue(parsing: String(value.drop { $0 != "{" }))
            }
        }

        @Test(
            "are set, listed and cancelled in Chinese and English by the clocks of the zone, and said once by two workers"
        )
        func words() async throws {
            var options = AssistantSystem.Options(workers: 2)
            options.settings = ["ASSISTANT_TIME_ZONE": Self.zone]
            try await AssistantSystem.with(options) { system in
                // Said at their time, in the language they were set in.
                let soon = try await Self.ask("2秒后提醒我喝水", system)
                #expect(soon.answer.contains("喝水"), "\(soon.answer)")
                let next = try await Self.ask("remind me in 2 seconds to call Bob", system, as: "Han")
                #expect(next.answer.contains("call Bob"), "\(next.answer)")
                for (message, words) in [(soon.messageID, "喝水"), (next.messageID, "call Bob")] {
                    try await eventually("\(words) is said", within: .seconds(20)) {
                        try await system.sandbox.replies(to: message).count == 2
                    }
                }

                // Kept by the clocks of the zone.
                let report = try await Self.ask("明天上午九点提醒我提交周报", system)
                let reportID = try Self.id(in: report.answer)
                #expect(report.answer.contains("09:00") && report.answer.contains("提交周报"), "\(report.answer)")
                let due = try #require(try await Self.kept("Maya", system).first?["due"]?.integer)
                var calendar = Calendar(identifier: .gregorian)
                calendar.timeZone = try #require(TimeZone(identifier: Self.zone))
                let moment = Date(timeIntervalSince1970: Double(due) / 1_000)
                #expect(calendar.dateComponents([.hour, .minute], from: moment) == DateComponents(hour: 9, minute: 0))
                #expect(calendar.isDateInTomorrow(moment))

                let plan = try await Self.ask("/remind every Monday at 9am plan the week", system)
                let planID = try Self.id(in: plan.answer)
                let list = try await Self.ask("/remind list", system).answer
                #expect(list.contains(reportID) && list.contains(planID) && list.contains("plan the week"), "\(list)")
                // Another person has others.
                #expect(try await !Self.ask("/remind list", system, as: "Han").answer.contains(reportID))

                // Cancelled, in words and by the command.
                #expect(try await Self.ask("取消提醒 \(reportID)", system).answer.contains("已取消"))
                #expect(try await Self.ask("/remind cancel \(planID)", system).answer.contains("plan the week"))
                #expect(try await Self.kept("Maya", system).isEmpty)

                // What cannot be.
                let past = try await Self.ask("昨天下午三点提醒我交周报", system).answer
                #expect(past.contains("已经过去"), "\(past)")
                let over = try await Self.ask("remind me yesterday at 3pm to call Bob", system).answer
                #expect(over.contains("passed already"), "\(over)")
                let tooFar = try await Self.ask("/remind on January 1st 2090 at 9am celebrate", system).answer
                #expect(tooFar.contains("year ahead"), "\(tooFar)")
                #expect(try await Self.kept("Maya", system).isEmpty)

                // A person has fifty at most.
                let key = "assistant:reminders:\(AssistantSystem.App.id):\(try await system.openID(of: "Han"))"
                for number in 0..<50 {
                    _ = try await system.database.send(RedisCommand("HSET", key, "x\(number)", "0 {}"))
                }
                let many = try await Self.ask("/remind tomorrow at 9am one more", system, as: "Han").answer
                #expect(many.contains("50"), "\(many)")

                try await eventually("rest") {
                    let census = try await system.census()
                    return census.ready + census.inFlight == 0
                }
                #expect(try await system.census().dead == 0)
                for message in [soon.messageID, next.messageID] {
                    #expect(try await system.sandbox.replies(to: message).count == 2)
                }
                #expect(try await system.sandbox.replies(to: soon.messageID).last?.text.contains("喝水") == true)
            }
        }

        @Test("one whose worker dies while it is said is said once")
        func workerDies() async throws {
            var options = AssistantSystem.Options(workers: 2)
            options.settings = ["WORKER_LEASE": "2"]
            try await AssistantSystem.with(options) { system in
                let reminder = try await Self.ask("remind me in 2 seconds to stretch", system)
                let replies = "POST /open-apis/im/v1/messages/:id/reply"
                let before = try await system.sandbox.calls().byInterface[replies] ?? 0
                try await system.sandbox.inject(["kind": "latency", "path": "/reply", "count": 1, "milliseconds": 800])
                try await eventually("the reminder under way", within: .seconds(20)) {
                    try await system.sandbox.calls().byInterface[replies] ?? 0 > before
                }
                for worker in system.workers { worker.kill() }
                for _ in 0..<2 { _ = try system.startWorker() }
                try await eventually("the reminder is said", within: .seconds(20)) {
                    try await system.sandbox.replies(to: reminder.messageID).count == 2
                }
                // Who took it up has said it by the end, too.
                try await system.settled()
                let said = try await system.sandbox.replies(to: reminder.messageID)
                #expect(said.count == 2 && said.last?.text.contains("stretch") == true, "\(said)")
                #expect(try await Self.kept("Maya", system).isEmpty)
            }
        }
    }
}
