import Feishu
import Foundation
import JSON
import JobQueue
import LanguageModel
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing
import TimeZones

@testable import Assistant

@Suite("Rules with a time, on a real Redis", .timeLimit(.minutes(1)))
struct RuleTimesTests {
    private static let name = "automation:cli_1:evening"
    private static let jobs = "{jobqueue.periodic}:jobs"
    private static let due = "{jobqueue.periodic}:due"

    /// Twelve hours from now, where a test says what is due: the rule's own time is not due besides, whenever this runs.
    private static var farTime: String {
        let hour = TimeZoneRules.shanghai.civil(at: WallClock.milliseconds + 12 * 3_600_000).hour
        return hour < 10 ? "0\(hour):00" : "\(hour):00"
    }

    private static func digest(at time: String = farTime) -> String {
        """
        rules:
          - name: evening
            app: cli_1
            on: {schedule: daily, at: "\(time)"}
            steps:
              - digest: {chat: oc_1, hours: 10}
              - say: {chat: oc_1, markdown: "{{date}}\\n{{previous}}"}
        """
    }

    /// The rules are brought, and nothing leads yet.
    private func withRules(
        _ yaml: String,
        model: any LanguageModel = ScriptedModel(answers: [.success("- 周五发版")]),
        lines: String = "",
        _ body: (ScriptedFeishu, PeriodicFollowing, RuleBook) async throws -> Void
    ) async throws {
        let book = RuleBook(try Rules(yaml: yaml, zone: .shanghai))
        try await ScriptedFeishu.with(
            answer: { call in
                guard call.method == "GET" else { return nil }
                return (200, #"{"code":0,"msg":"ok","data":{"has_more":false,"items":[\#(lines)]}}"#)
            },
            register: { registry, feishu in
                registry.register(
                    AutomationJob(
                        book: book,
                        model: model,
                        usage: RedisUsageLedger(
                            redis: feishu.redis,
                            budgets: .init(),
                            calendar: UsageCalendar(utcOffset: .seconds(28_800)),
                            now: { 1_795_600_000_000 }
                        ),
                        workplace: FeishuWorkplace(clients: [feishu.client]),
                        zone: .shanghai
                    )
                )
            }
        ) { feishu in
            let times = RuleTimes.following(book, redis: feishu.redis, logger: .silent)
            await times.look()
            try await body(feishu, times, book)
        }
    }

    /// Runs schedulers while `body` runs.
    private func leading(
        _ feishu: ScriptedFeishu,
        count: Int = 1,
        _ body: () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<count {
                group.addTask {
                    await PeriodicScheduler(redis: feishu.redis, lease: .seconds(1), logger: .silent).run()
                }
            }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Has the rule's time be so long ago.
    private func makeDue(_ feishu: ScriptedFeishu, secondsAgo: Int64) async throws -> Int64 {
        let time = WallClock.milliseconds - secondsAgo * 1_000
        _ = try await feishu.redis.send(RedisCommand("ZADD", Self.due, time, Self.name))
        return time
    }

    @Test("a chat's day is summed up at its time, once, whoever leads, and said to be of that time")
    func once() async throws {
        let lines = [("ou_a", "user", "周五发版"), ("ou_b", "user", "我来写测试"), ("cli_1", "app", "机器人的话")].map {
            id,
            type,
            text in
            #"{"message_id":"om_\#(text.count)","msg_type":"text","sender":{"id":"\#(id)","sender_type":"\#(type)"},"#
                + #""body":{"content":"{\"text\":\"\#(text)\"}"}}"#
        }.joined(separator: ",")
        let model = ScriptedModel(answers: [.success("- 周五发版")])
        try await withRules(Self.digest(), model: model, lines: lines) { feishu, _, _ in
            let time = try await makeDue(feishu, secondsAgo: 1_200)
            try await leading(feishu, count: 5) {
                try await eventually("it is said") { feishu.said.count == 1 }
                try await eventually("all is over") { try await feishu.count("LLEN", "background") == 0 }
            }
            let day = TimeZoneRules.shanghai.civil(at: time)
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            #expect(feishu.said == ["\(day.year)-\(two(day.month))-\(two(day.day))\n- 周五发版"])
            let asked = try #require(model.requests.first?.messages.last?.content)
            #expect(asked.contains("#1: 周五发版\n#2: 我来写测试") && !asked.contains("机器人的话"))
            #expect(model.requests.count == 1)
            let history = try #require(feishu.calls.first { $0.method == "GET" }?.path)
            #expect(
                history.contains("start_time=\(time / 1_000 - 36_000)") && history.contains("end_time=\(time / 1_000)")
            )
        }
    }

    @Test("a day on which nobody said anything is passed over, and so is a time that passed over half an hour ago")
    func nothing() async throws {
        try await withRules(Self.digest()) { feishu, _, _ in
            _ = try await makeDue(feishu, secondsAgo: 1_900)
            try await leading(feishu) {
                try await eventually("it goes on") {
                    let next = try await feishu.redis.send(RedisCommand("ZSCORE", Self.due, Self.name)).string
                    return next.flatMap { Double($0) }.map { Int64($0) > WallClock.milliseconds } == true
                }
                #expect(feishu.calls.isEmpty)
                _ = try await makeDue(feishu, secondsAgo: 5)
                _ = try await feishu.redis.send(RedisCommand("PUBLISH", "{jobqueue.periodic}:news", ""))
                try await eventually("the chat was read") { feishu.calls.count == 1 }
                try await eventually("all is over") { try await feishu.count("LLEN", "background") == 0 }
            }
            #expect(feishu.said.isEmpty && feishu.calls.count == 1)
        }
    }

    @Test("a time that a worker of before enqueued is not enqueued again, and its task, which waits, is run")
    func before() async throws {
        let yaml = """
            rules: [{name: evening, app: cli_1, on: {schedule: daily, at: "\(Self.farTime)"}, steps: [{say: {chat: oc_1, text: "{{time}}"}}]}]
            """
        try await withRules(yaml) { feishu, _, _ in
            let time = try await makeDue(feishu, secondsAgo: 60)
            let key = "automation:cli_1:evening:\(time)"
            _ = try await feishu.redis.send(RedisCommand("SET", "{background}:seen:\(key)", 1, "PX", 86_400_000))
            try await leading(feishu) {
                try await eventually("it goes on") {
                    let state = try await feishu.redis.send(
                        RedisCommand("HGET", "{jobqueue.periodic}:states", Self.name)
                    ).string
                    return state?.contains("\(time)") == true
                }
            }
            #expect(feishu.said.isEmpty)
            let body = #"{"rule":"evening","app_id":"cli_1","occasion":"\#(time)","at":\#(time)}"#
            let arguments = try JSONDecoder().decode(AutomationArguments.self, from: Data(body.utf8))
            try await feishu.producer.enqueue(AutomationJob.self, arguments)
            try await eventually("it is said, and nothing else waits") {
                let waiting = try await feishu.redis.send(RedisCommand("LLEN", "background")).integer
                return feishu.said.count >= 1 && waiting == 0
            }
            #expect(feishu.said.count == 1)
        }
    }

    @Test("what the file says stands in Redis: added, changed, removed, and brought again where Redis has lost it")
    func file() async throws {
        let digest = Self.digest(at: "18:00")
        try await withRules(digest) { feishu, times, book in
            func jobs() async throws -> [String: String] {
                let listings = try await PeriodicControl(redis: feishu.redis).list()
                return try Dictionary(
                    uniqueKeysWithValues: listings.map { ($0.name, try $0.job.get().schedule.description) }
                )
            }
            #expect(try await jobs() == [Self.name: "0 18 * * * (Asia/Shanghai)"])
            let other = digest.replacing("18:00", with: "19:30").replacing("daily", with: "monthly, day: 31")
            book.rules = try Rules(yaml: other, zone: .shanghai)
            await times.look()
            #expect(try await jobs() == [Self.name: "30 19 31L * * (Asia/Shanghai)"])
            // Another worker that starts changes nothing, nor do the jobs of the configuration.
            await RuleTimes.following(book, redis: feishu.redis, logger: .silent).look()
            #expect(try await jobs().count == 1)
            let keys = try await feishu.redis.send(RedisCommand("KEYS", "{jobqueue.periodic}:*")).array ?? []
            for key in keys.compactMap(\.string) { _ = try await feishu.redis.send(RedisCommand("DEL", key)) }
            #expect(try await jobs().isEmpty)
            await times.look()
            #expect(try await jobs().count == 1)
            book.rules = .none
            await times.look()
            #expect(try await jobs().isEmpty)
        }
    }

    @Test("a time of which neither arguments nor task tell is refused for good")
    func noTime() async throws {
        try await withRules(Self.digest()) { feishu, _, _ in
            try await feishu.producer.enqueue(AutomationJob.self, AutomationArguments(rule: "evening", appID: "cli_1"))
            try await eventually("a dead letter") { try await feishu.count("LLEN", "{background}:dead") == 1 }
            #expect(feishu.calls.isEmpty)
        }
    }
}
