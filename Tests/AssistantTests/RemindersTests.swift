import Feishu
import JSON
import JobQueue
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing
import TimeZones

@testable import Assistant

/// Does what a person says about reminders, as the job for a message would.
private struct DeskJob: Job {
    static let name: TaskName = "test.desk"
    static let queue: QueueName = "interactive"

    struct Arguments: Codable, Sendable {
        let text: String
        let messageID: String
        var userID = "ou_1"
    }

    let desk: ReminderDesk

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
        try await desk.perform(
            ReminderCommand(arguments.text),
            for: ReplyTarget(appID: "cli_1", messageID: arguments.messageID, chatID: "oc_1"),
            by: arguments.userID,
            in: WrittenLanguage(of: arguments.text) ?? .chinese,
            context: context
        )
    }
}

@Suite("Reminders on a real Redis")
struct RemindersTests {
    private let owner = ReminderOwner(appID: "cli_1", userID: "ou_1")

    private struct Fixture {
        let feishu: ScriptedFeishu
        let reminders: RedisReminders
        let now: NIOLockedValueBox<Int64>

        /// What the desk answers.
        func say(
            _ text: String,
            in messageID: String = "om_1",
            by userID: String = "ou_1",
            behind lane: OrderingKey? = nil
        ) async throws -> String {
            let arguments = DeskJob.Arguments(text: text, messageID: messageID, userID: userID)
            let options = EnqueueOptions(orderingKey: lane)
            let id = try await feishu.producer.enqueue(DeskJob.self, arguments, options: options).taskID
            var answer: String?
            try await eventually("an answer to \(text)") {
                let bytes = try await feishu.redis.send(RedisCommand("GET", "celery-task-meta-\(id)")).bytes
                answer = try bytes.flatMap { try JSONValue(parsing: $0)["result"]?.string }
                return answer != nil
            }
            return answer ?? ""
        }
    }

    private func withDesk(
        answer: @escaping @Sendable (ScriptedFeishu.Call) -> (Int, String)? = { _ in nil },
        _ body: (Fixture) async throws -> Void
    ) async throws {
        let now = NIOLockedValueBox(WallClock.milliseconds)
        try await ScriptedFeishu.with(
            answer: answer,
            register: { registry, feishu in
                let reminders = RedisReminders(redis: feishu.redis)
                let chat = FeishuChat(
                    clients: [feishu.client],
                    sent: RedisSentParts(redis: feishu.redis),
                    logger: .silent
                )
                let clock: @Sendable () -> Int64 = { now.withLockedValue { $0 } }
                registry.register(RemindJob(reminders: reminders, chat: chat, zone: .shanghai, now: clock))
                registry.register(DeskJob(desk: ReminderDesk(reminders: reminders, zone: .shanghai, now: clock)))
            }
        ) { feishu in
            try await body(Fixture(feishu: feishu, reminders: RedisReminders(redis: feishu.redis), now: now))
        }
    }

    @Test("one is said at its time in its chat, once, and is gone then")
    func once() async throws {
        try await withDesk { desk in
            let answer = try await desk.say("1秒后提醒我喝水")
            #expect(answer.contains("喝水") && answer.contains("编号"))
            #expect(try await desk.reminders.reminders(of: owner).map(\.what) == ["喝水"])
            try await eventually("it is said") { desk.feishu.said.count == 1 }
            #expect(desk.feishu.said[0].contains("喝水"))
            #expect(desk.feishu.calls.last?.path.contains("om_1/reply") == true)
            try await eventually("it is gone") { try await desk.reminders.reminders(of: owner).isEmpty }
            #expect(try await desk.feishu.count("EXISTS", "assistant:reminders:cli_1:ou_1") == 0)
        }
    }

    @Test("one that is asked for by the same message again is still one")
    func twice() async throws {
        try await withDesk { desk in
            let first = try await desk.say("1秒后提醒我喝水")
            desk.now.withLockedValue { $0 += 400 }
            #expect(try await desk.say("1秒后提醒我喝水") == first)
            #expect(try await desk.reminders.reminders(of: owner).count == 1)
            try await eventually("it is said") { desk.feishu.said.count == 1 }
            try await eventually("nothing is left") {
                try await desk.feishu.count("ZCARD", "{interactive}:scheduled") == 0
            }
            #expect(desk.feishu.said.count == 1)
        }
    }

    @Test("one that repeats is said once a time, whatever runs again, and comes next at its time")
    func repeating() async throws {
        try await withDesk { desk in
            let now = desk.now.withLockedValue { $0 }
            let reminder = Reminder(
                id: "k7m2",
                target: ReplyTarget(appID: "cli_1", messageID: "om_1", chatID: "oc_1"),
                userID: "ou_1",
                what: "stand up",
                due: now - 1_000,
                recurrence: .interval(minutes: 60),
                language: .english
            )
            #expect(try await desk.reminders.insert(reminder))
            // One after another, as redeliveries come, and behind them a question: then all have run.
            let options = EnqueueOptions(orderingKey: OrderingKey("one"))
            for _ in 0..<10 {
                try await desk.feishu.producer.enqueue(RemindJob.self, .init(reminder), options: options)
            }
            #expect(try await desk.say("list", behind: OrderingKey("one")).contains("stand up"))
            #expect(try await desk.reminders.reminders(of: owner).map(\.due) == [now - 1_000 + 3_600_000])
            try await eventually("one task waits") {
                try await desk.feishu.count("ZCARD", "{interactive}:scheduled") == 1
            }
            #expect(desk.feishu.said == ["⏰ **Reminder**: stand up"])
        }
    }

    @Test("times that passed during an outage are said once, with when it should have been")
    func outage() async throws {
        try await withDesk { desk in
            let now = desk.now.withLockedValue { $0 }
            let reminder = Reminder(
                id: "k7m2",
                target: ReplyTarget(appID: "cli_1", messageID: "om_1", chatID: "oc_1"),
                userID: "ou_1",
                what: "站会",
                due: now - 10 * 3_600_000 - 5,
                recurrence: .interval(minutes: 60),
                language: .chinese
            )
            #expect(try await desk.reminders.insert(reminder))
            try await desk.feishu.producer.enqueue(RemindJob.self, .init(reminder))
            try await eventually("the next is due") {
                try await desk.reminders.reminders(of: owner).first?.due == now + 3_600_000 - 5
            }
            #expect(desk.feishu.said.count == 1 && desk.feishu.said[0].contains("原定"))
        }
    }

    @Test("people list and cancel theirs, and nobody else's")
    func commands() async throws {
        try await withDesk { desk in
            #expect(try await desk.say("list").contains("You have no reminders"))
            _ = try await desk.say("明天下午三点提醒我交周报", in: "om_1")
            _ = try await desk.say("每周一早上9点提醒我们开例会", in: "om_2")
            _ = try await desk.say("明天9点提醒我体检", in: "om_3", by: "ou_2")
            let list = try await desk.say("列表")
            #expect(list.contains("交周报") && list.contains("开例会") && list.contains("每周一 09:00") && !list.contains("体检"))
            let report = try #require(try await desk.reminders.reminders(of: owner).first { $0.what == "交周报" })
            #expect(try await desk.say("取消 \(report.id)", by: "ou_2").contains("没有"))
            #expect(try await desk.say("取消 \(report.id)").contains("已取消提醒：交周报"))
            #expect(try await desk.say("取消 \(report.id)").contains("没有"))
            #expect(try await desk.say("cancel all").contains("1"))
            #expect(try await desk.reminders.reminders(of: owner).isEmpty)
            #expect(try await desk.reminders.reminders(of: .init(appID: "cli_1", userID: "ou_2")).count == 1)
        }
    }

    @Test("one that was cancelled is not said")
    func cancelled() async throws {
        try await withDesk { desk in
            _ = try await desk.say("1秒后提醒我喝水")
            _ = try await desk.say("取消全部")
            try await eventually("its task is over") {
                try await desk.feishu.count("ZCARD", "{interactive}:scheduled") == 0
            }
            try await eventually("nothing runs") { try await desk.feishu.count("HLEN", "{interactive}:inflight") == 0 }
            #expect(desk.feishu.said.isEmpty)
        }
    }

    @Test("nobody has more than so many, and is told")
    func bound() async throws {
        try await withDesk { desk in
            for number in 0..<RedisReminders.maximumCount {
                _ = try await desk.say("明天下午三点提醒我做第\(number)件事", in: "om_\(number)")
            }
            #expect(try await desk.say("明天下午三点提醒我再做一件事", in: "om_more").contains("50"))
            #expect(try await desk.reminders.reminders(of: owner).count == RedisReminders.maximumCount)
        }
    }

    @Test("one whose chat is gone ends")
    func goneChat() async throws {
        try await withDesk(answer: { _ in (400, #"{"code":230002,"msg":"bot is not in the chat"}"#) }) { desk in
            _ = try await desk.say("每5分钟提醒我喝水")
            let reminder = try #require(try await desk.reminders.reminders(of: owner).first)
            desk.now.withLockedValue { $0 = reminder.due }
            try await desk.feishu.producer.enqueue(RemindJob.self, .init(reminder))
            try await eventually("it is gone") { try await desk.reminders.reminders(of: owner).isEmpty }
        }
    }
}
