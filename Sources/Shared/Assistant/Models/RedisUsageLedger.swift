package import LanguageModel
package import Redis

/// The ledger in Redis; see `UsageKeys` for what stands where.
package struct RedisUsageLedger: UsageLedger {
    private let redis: RedisClient
    private let prices: [String: ModelPrice]
    private let budgets: UsageBudgets
    private let calendar: UsageCalendar
    private let currency: String
    private let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - redis: The client.
    ///   - prices: By the model's name here; a model that is missing costs nothing.
    ///   - budgets: What may be spent in a day.
    ///   - calendar: Says when days begin.
    ///   - currency: Of the prices.
    ///   - now: The time in milliseconds since 1970.
    package init(
        redis: RedisClient,
        prices: [String: ModelPrice] = [:],
        budgets: UsageBudgets = .init(),
        calendar: UsageCalendar,
        currency: String = "CNY",
        now: @escaping @Sendable () -> Int64
    ) {
        self.redis = redis
        self.prices = prices
        self.budgets = budgets
        self.calendar = calendar
        self.currency = currency
        self.now = now
    }

    /// Throws `BudgetExceeded`, or `RedisError`. One round trip, none where there is no budget.
    package func admit(_ account: UsageAccount) async throws {
        guard budgets != UsageBudgets() else { return }
        let now = now()
        let keys = keysToday(account, at: now)
        let bounded = BudgetExceeded.Subject.allCases.compactMap { subject in
            budgets[subject] == .init() ? nil : keys[subject].map { (subject, $0) }
        }
        let totals = try await totals(at: bounded.map(\.1))
        for ((subject, _), spent) in zip(bounded, totals) {
            let bound = budgets[subject]
            let measures: [(BudgetExceeded.Measure, Int?, Int)] = [
                (.tokens, bound.tokens, spent.tokens), (.cost, bound.microCost, spent.microCost),
            ]
            for (measure, budget, spent) in measures {
                guard let budget, spent >= budget else { continue }
                throw BudgetExceeded(
                    subject: subject,
                    measure: measure,
                    budget: budget,
                    spent: spent,
                    until: calendar.endOfDay(at: now),
                    clock: calendar.name
                )
            }
        }
    }

    /// Throws `RedisError`. One round trip.
    @discardableResult
    package func record(
        _ usage: ChatUsage,
        of model: String,
        for account: UsageAccount,
        key: String
    ) async throws -> Bool {
        let day = calendar.day(at: now())
        let keys = UsageKeys(appID: account.appID, namespace: redis.configuration.keyPrefix)
        let cost = prices[model]?.microCost(prompt: usage.promptTokens, completion: usage.completionTokens) ?? 0
        let subjects: [(UsageDimension, String?)] = [
            (.user, account.userID), (.chat, account.chatID), (.model, model),
        ]
        var names: RedisArguments = [keys.done(key), keys.total(day)]
        var arguments: RedisArguments = [
            usage.promptTokens, usage.completionTokens, cost, UsageKeys.memoryOfKeys, UsageKeys.memoryOfTotals,
        ]
        for case (let dimension, let name?) in subjects {
            names.append(keys.one(dimension, name, day))
            names.append(keys.all(dimension, day))
            arguments.append(name)
            arguments.append(dimension == .model ? UsageKeys.memoryOfTotals : UsageKeys.memoryOfPeople)
        }
        return try await redis.evaluate(Self.recordScript, keys: names, arguments: arguments).integer == 1
    }

    /// Throws `RedisError`. One round trip.
    package func summary(of account: UsageAccount) async throws -> UsageSummary {
        let now = now()
        let day = calendar.day(at: now)
        let keys = UsageKeys(appID: account.appID, namespace: redis.configuration.keyPrefix)
        let days = account.userID.map { user in (0..<30).map { keys.one(.user, user, day - Int64($0)) } } ?? []
        let chat = account.chatID.map { [keys.one(.chat, $0, day)] } ?? []
        let totals = try await totals(at: [keys.total(day)] + chat + days)
        let ofUser = totals.dropFirst(1 + chat.count)
        return UsageSummary(
            today: ofUser.first ?? .init(),
            thirtyDays: ofUser.reduce(.init(), +),
            chatToday: chat.isEmpty ? .init() : totals[1],
            totalToday: totals[0],
            budgets: budgets,
            dayEnds: calendar.endOfDay(at: now),
            currency: currency
        )
    }

    /// What the last days came to: one line a day, newest first, or a line a user, chat or model, the most tokens first.
    ///
    /// Throws `RedisError`. Three round trips at most. Looks at the 1,000 of each day that spent most.
    package func table(
        by dimension: UsageDimension,
        ofApp appID: String,
        days count: Int,
        atMost limit: Int
    ) async throws(RedisError) -> [UsageRow] {
        let today = calendar.day(at: now())
        let keys = UsageKeys(appID: appID, namespace: redis.configuration.keyPrefix)
        let days = (0..<Int64(max(count, 1))).map { today - $0 }
        guard dimension != .day else {
            let totals = try await totals(at: days.map(keys.total))
            return zip(days, totals).filter { $0.1 != .init() }.prefix(limit)
                .map { UsageRow(name: UsageCalendar.name(ofDay: $0.0), totals: $0.1) }
        }
        let lists = try await redis.send(
            pipeline: days.map { RedisCommand("ZREVRANGE", keys.all(dimension, $0), 0, 999) }
        )
        var places: [(name: String, key: String)] = []
        for (day, list) in zip(days, lists) {
            for name in try list.get().array ?? [] {
                guard let name = name.string else { continue }
                places.append((name, keys.one(dimension, name, day)))
            }
        }
        var sums: [String: UsageTotals] = [:]
        for (place, totals) in zip(places, try await totals(at: places.map(\.key))) {
            sums[place.name, default: .init()] = sums[place.name, default: .init()] + totals
        }
        return sums.map { UsageRow(name: $0.key, totals: $0.value) }
            .sorted { ($0.totals.tokens, $1.name) > ($1.totals.tokens, $0.name) }
            .prefix(limit).map { $0 }
    }

    private func keysToday(_ account: UsageAccount, at now: Int64) -> [BudgetExceeded.Subject: String] {
        let day = calendar.day(at: now)
        let keys = UsageKeys(appID: account.appID, namespace: redis.configuration.keyPrefix)
        var found: [BudgetExceeded.Subject: String] = [.total: keys.total(day)]
        found[.user] = account.userID.map { keys.one(.user, $0, day) }
        found[.chat] = account.chatID.map { keys.one(.chat, $0, day) }
        return found
    }

    private func totals(at keys: [String]) async throws(RedisError) -> [UsageTotals] {
        let fields = ["requests", "prompt", "completion", "cost"]
        let replies = try await redis.send(pipeline: keys.map { RedisCommand("HMGET", arguments: [$0] + fields) })
        var totals: [UsageTotals] = []
        for reply in replies {
            let values = try reply.get().array?.map { Int($0.integer ?? 0) } ?? []
            guard values.count == fields.count else { throw RedisError(.unexpectedReply, command: "HMGET") }
            totals.append(
                UsageTotals(
                    requests: values[0],
                    promptTokens: values[1],
                    completionTokens: values[2],
                    microCost: values[3]
                )
            )
        }
        return totals
    }

    /// KEYS: 1. whether the request is in the books, 2. the day's total, then for each subject its hash and the sorted set
    /// of all of its kind. ARGV: tokens of the question, tokens of the answer, cost, seconds that the first and the second
    /// key are kept, then for each subject its name and the seconds that its keys are kept.
    ///
    /// Replies 1, or 0 where the request was in the books.
    private static let recordScript = RedisScript(
        name: "usage-record",
        source: """
            if not redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[4]) then return 0 end
            local function add(key, seconds)
              redis.call('HINCRBY', key, 'requests', 1)
              redis.call('HINCRBY', key, 'prompt', ARGV[1])
              redis.call('HINCRBY', key, 'completion', ARGV[2])
              redis.call('HINCRBY', key, 'cost', ARGV[3])
              redis.call('EXPIRE', key, seconds)
            end
            add(KEYS[2], ARGV[5])
            for at = 6, #ARGV, 2 do
              add(KEYS[at - 3], ARGV[at + 1])
              redis.call('ZINCRBY', KEYS[at - 2], ARGV[1] + ARGV[2], ARGV[at])
              redis.call('EXPIRE', KEYS[at - 2], ARGV[at + 1])
            end
            return 1
            """
    )
}
