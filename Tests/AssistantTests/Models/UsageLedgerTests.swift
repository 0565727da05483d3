import Assistant
import LanguageModel
import Logging
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@Suite("Usage and budgets")
struct UsageLedgerTests {
    /// 2026-11-26, 23:00 in China.
    private static let evening: Int64 = 1_795_705_200_000
    private static let hour: Int64 = 3_600_000

    private let alice = UsageAccount(appID: "cli_1", userID: "ou_alice", chatID: "oc_team")
    private let bob = UsageAccount(appID: "cli_1", userID: "ou_bob", chatID: "oc_team")

    /// Runs a body with a ledger and the time that it goes by.
    private func withLedger(
        budgets: UsageBudgets = .init(),
        _ body: (RedisUsageLedger, NIOLockedValueBox<Int64>, RedisClient) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: logger)
            defer { redis.close() }
            let time = NIOLockedValueBox(Self.evening)
            let ledger = RedisUsageLedger(
                redis: redis,
                prices: ["big": ModelPrice(input: 2, output: 8)],
                budgets: budgets,
                calendar: UsageCalendar(utcOffset: .seconds(8 * 3_600)),
                now: { time.withLockedValue { $0 } }
            )
            try await body(ledger, time, redis)
        }
    }

    private func usage(_ prompt: Int, _ completion: Int) -> ChatUsage {
        ChatUsage(promptTokens: prompt, completionTokens: completion)
    }

    private func refusal(_ body: () async throws -> Void) async -> BudgetExceeded? {
        await #expect(throws: BudgetExceeded.self) { try await body() }
    }

    @Test("adds up tokens, requests and cost by user, chat, model and day")
    func adds() async throws {
        try await withLedger { ledger, time, _ in
            try await ledger.record(usage(1_000, 500), of: "big", for: alice, key: "1")
            try await ledger.record(usage(100, 50), of: "small", for: alice, key: "2")
            try await ledger.record(usage(10, 5), of: "big", for: bob, key: "3")
            time.withLockedValue { $0 += 2 * Self.hour }
            try await ledger.record(usage(1, 1), of: "big", for: alice, key: "4")

            let summary = try await ledger.summary(of: alice)
            #expect(summary.today == UsageTotals(requests: 1, promptTokens: 1, completionTokens: 1, microCost: 10))
            #expect(
                summary.thirtyDays
                    == UsageTotals(requests: 3, promptTokens: 1_101, completionTokens: 551, microCost: 6_010)
            )
            #expect(summary.chatToday.tokens == 2)
            #expect(summary.dayEnds == Self.evening + 25 * Self.hour)

            let users = try await ledger.table(by: .user, ofApp: "cli_1", days: 2, atMost: 10)
            #expect(users.map(\.name) == ["ou_alice", "ou_bob"])
            #expect(users.map(\.totals.tokens) == [1_652, 15])
            let models = try await ledger.table(by: .model, ofApp: "cli_1", days: 2, atMost: 10)
            #expect(models.map(\.name) == ["big", "small"])
            #expect(models.map(\.totals.cost) == [0.00607, 0])
            let days = try await ledger.table(by: .day, ofApp: "cli_1", days: 30, atMost: 10)
            #expect(days.map(\.name) == ["2026-11-27", "2026-11-26"])
            #expect(days.map(\.totals.requests) == [1, 3])
            #expect(try await ledger.table(by: .chat, ofApp: "cli_1", days: 2, atMost: 1).map(\.name) == ["oc_team"])
            #expect(try await ledger.table(by: .user, ofApp: "cli_2", days: 2, atMost: 10).isEmpty)
        }
    }

    @Test("the same request told twice counts once")
    func once() async throws {
        try await withLedger { ledger, _, _ in
            let first = try await ledger.record(usage(10, 5), of: "big", for: alice, key: "1")
            let second = try await ledger.record(usage(10, 5), of: "big", for: alice, key: "1")
            #expect(first && !second)
            #expect(try await ledger.summary(of: alice).today.requests == 1)
        }
    }

    @Test("everything is forgotten in time")
    func expires() async throws {
        try await withLedger { ledger, _, redis in
            try await ledger.record(usage(10, 5), of: "big", for: alice, key: "1")
            let keys = try await redis.send(RedisCommand("KEYS", "*")).array?.compactMap(\.string) ?? []
            #expect(keys.count == 8)
            for key in keys {
                #expect(key.hasPrefix("assistant:{cli_1}:usage:"))
                #expect(try await redis.send(RedisCommand("TTL", key)).integer ?? -1 > 0)
            }
        }
    }

    @Test("a person's budget is refused until midnight, with whose and which it is")
    func userBudget() async throws {
        try await withLedger(budgets: .init(user: .init(tokens: 100))) { ledger, time, _ in
            try await ledger.admit(alice)
            try await ledger.record(usage(60, 60), of: "small", for: alice, key: "1")
            let refusal = await refusal { try await ledger.admit(alice) }
            let until = Self.evening + Self.hour
            let expected = BudgetExceeded(
                subject: .user,
                measure: .tokens,
                budget: 100,
                spent: 120,
                until: until,
                clock: "UTC+8"
            )
            #expect(refusal == expected)
            try await ledger.admit(bob)
            time.withLockedValue { $0 = until }
            try await ledger.admit(alice)
        }
    }

    @Test("so are a chat's and that of all, in money")
    func otherBudgets() async throws {
        let budgets = UsageBudgets(chat: .init(microCost: 1_000), total: .init(microCost: 5_000))
        try await withLedger(budgets: budgets) { ledger, _, _ in
            try await ledger.record(usage(500, 0), of: "big", for: alice, key: "1")
            let chat = await refusal { try await ledger.admit(bob) }
            #expect(chat?.subject == .chat && chat?.measure == .cost && chat?.spent == 1_000)
            let elsewhere = UsageAccount(appID: "cli_1", userID: "ou_bob", chatID: "oc_other")
            try await ledger.admit(elsewhere)
            try await ledger.record(usage(0, 500), of: "big", for: elsewhere, key: "2")
            let total = await refusal { try await ledger.admit(.init(appID: "cli_1", userID: nil, chatID: nil)) }
            #expect(total?.subject == .total && total?.spent == 5_000)
            try await ledger.admit(.init(appID: "cli_2", userID: "ou_bob", chatID: "oc_other"))
        }
    }

    @Test(
        "days are named by the calendar",
        arguments: [
            (0, "1970-01-01"), (-1, "1969-12-31"), (11_016, "2000-02-29"), (20_783, "2026-11-26"),
            (47_541, "2100-03-01"),
        ]
    )
    func calendar(day: Int64, name: String) {
        #expect(UsageCalendar.name(ofDay: day) == name)
    }

    @Test("a clock's name says how far it is from UTC")
    func clock() {
        #expect(UsageCalendar(utcOffset: .seconds(8 * 3_600)).name == "UTC+8")
        #expect(UsageCalendar(utcOffset: .seconds(-12_600)).name == "UTC-3:30")
        #expect(UsageCalendar(utcOffset: .zero).name == "UTC")
        #expect(UsageCalendar(utcOffset: .zero).endOfDay(at: -1) == 0)
    }

    @Test("a refusal and a summary are told in both languages")
    func texts() {
        let refusal = BudgetExceeded(
            subject: .user,
            measure: .tokens,
            budget: 100,
            spent: 120,
            until: Self.evening + Self.hour,
            clock: "UTC+8"
        )
        #expect(AssistantTexts(.chinese).failure(refusal, reference: "r").contains("你今天的 100 个 token 已经用完"))
        #expect(
            AssistantTexts(.english).failure(refusal, reference: "r").contains("your 100 tokens of today are spent")
        )
        let money = BudgetExceeded(
            subject: .chat,
            measure: .cost,
            budget: 1_500_000,
            spent: 2_000_000,
            until: 0,
            clock: "UTC"
        )
        #expect(
            AssistantTexts(.english).failure(money, reference: "r").contains(
                "this chat's budget of today, 1.50, is spent"
            )
        )
        let summary = UsageSummary(
            today: .init(requests: 2, promptTokens: 900, completionTokens: 100, microCost: 12_345),
            thirtyDays: .init(requests: 20, promptTokens: 9_000, completionTokens: 1_000, microCost: 1_234_567),
            chatToday: .init(),
            totalToday: .init(),
            budgets: .init(user: .init(tokens: 5_000)),
            dayEnds: 0,
            currency: "CNY"
        )
        let english = AssistantTexts(.english).usage(summary)
        #expect(english.contains("Today: 2 requests, 1000 tokens (0.0123 CNY)"))
        #expect(english.contains("30 days: 20 requests, 10000 tokens (1.23 CNY)"))
        #expect(english.contains("Left of your budget today: 4000 tokens"))
        #expect(AssistantTexts(.chinese).usage(summary).contains("今天：2 次请求，1000 个 token（0.0123 CNY）"))
    }
}
