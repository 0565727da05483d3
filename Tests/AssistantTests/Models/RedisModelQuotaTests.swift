import Assistant
import LanguageModel
import Logging
import Redis
import TestSupport
import Testing

@Suite("Limits of models in Redis")
struct RedisModelQuotaTests {
    /// Runs a body with limits for the model `m`.
    private func withQuota(
        _ limits: ModelLimits,
        _ body: (RedisModelQuota, RedisClient) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let redis = try RedisClient(configuration: RedisConfiguration(url: server.url), logger: logger)
            defer { redis.close() }
            try await body(RedisModelQuota(redis: redis, limits: ["m": limits], lifetime: .seconds(60)), redis)
        }
    }

    private func lease(_ decision: QuotaDecision) throws -> QuotaLease {
        guard case .granted(let lease) = decision else { throw NeverHappened(description: "a lease: \(decision)") }
        return lease
    }

    private func wait(_ decision: QuotaDecision) throws -> Duration {
        guard case .wait(let wait) = decision else { throw NeverHappened(description: "a wait: \(decision)") }
        return wait
    }

    /// Lets everything that was spent appear to have been spent so many seconds earlier.
    private func age(by seconds: Int, _ redis: RedisClient) async throws {
        let key = "assistant:quota:{m}:spent"
        let fields = try await redis.send(RedisCommand("HGETALL", key)).array?.compactMap(\.string) ?? []
        _ = try await redis.send(RedisCommand("DEL", key))
        for index in stride(from: 0, to: fields.count, by: 2) {
            let second = (Int(fields[index].dropFirst()) ?? 0) - seconds
            _ = try await redis.send(
                RedisCommand("HSET", key, "\(fields[index].prefix(1))\(second)", fields[index + 1])
            )
        }
    }

    @Test("requests beyond those of a minute wait until the first is a minute old")
    func requests() async throws {
        try await withQuota(.init(requestsPerMinute: 2)) { quota, redis in
            let start = ContinuousClock.now
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
            try await age(by: 20, redis)
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
            let pause = try wait(try await quota.reserve(tokens: 10, of: "m"))
            #expect(pause <= .seconds(40))
            #expect(pause + (ContinuousClock.now - start) >= .seconds(39))
            try await age(by: 41, redis)
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
        }
    }

    @Test("tokens are taken by estimate, and corrected by what they were")
    func tokens() async throws {
        try await withQuota(.init(tokensPerMinute: 1_000)) { quota, redis in
            let first = try lease(try await quota.reserve(tokens: 800, of: "m"))
            _ = try wait(try await quota.reserve(tokens: 300, of: "m"))
            try await quota.settle(first, tokens: 200)
            let second = try lease(try await quota.reserve(tokens: 300, of: "m"))
            // More than it was thought to be: the next one waits.
            try await quota.settle(second, tokens: 790)
            _ = try wait(try await quota.reserve(tokens: 20, of: "m"))
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
            // Told twice, it counts once.
            try await quota.settle(second, tokens: 5)
            _ = try wait(try await quota.reserve(tokens: 1, of: "m"))
        }
    }

    @Test("a request larger than a whole minute's tokens goes out alone")
    func large() async throws {
        try await withQuota(.init(tokensPerMinute: 1_000)) { quota, _ in
            let large = try lease(try await quota.reserve(tokens: 5_000, of: "m"))
            #expect(large.tokens == 1_000)
            _ = try wait(try await quota.reserve(tokens: 1, of: "m"))
        }
    }

    @Test("concurrent requests are bounded, and a place is free once its request has ended")
    func concurrency() async throws {
        try await withQuota(.init(concurrency: 2)) { quota, redis in
            let first = try lease(try await quota.reserve(tokens: 10, of: "m"))
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
            let pause = try wait(try await quota.reserve(tokens: 10, of: "m"))
            #expect(pause > .zero && pause <= .milliseconds(500))
            try await quota.settle(first, tokens: nil)
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
            let held = try await redis.send(RedisCommand("HLEN", "assistant:quota:{m}:held")).integer
            #expect(held == 2)
        }
    }

    @Test("a killed worker's places come back when their leases end, unless they are renewed")
    func leases() async throws {
        try await withQuota(.init(concurrency: 2)) { quota, redis in
            let renewed = try lease(try await quota.reserve(tokens: 10, of: "m"))
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
            _ = try wait(try await quota.reserve(tokens: 10, of: "m"))
            // Both leases end now, and one of them is renewed.
            let leases = "assistant:quota:{m}:leases"
            for id in try await redis.send(RedisCommand("ZRANGE", leases, 0, -1)).array?.compactMap(\.string) ?? [] {
                _ = try await redis.send(RedisCommand("ZADD", leases, 1, id))
            }
            try await quota.renew(renewed)
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
            _ = try wait(try await quota.reserve(tokens: 10, of: "m"))
        }
    }

    @Test("a fleet that asks at once gets no more than there is")
    func fleet() async throws {
        try await withQuota(.init(requestsPerMinute: 50, concurrency: 40)) { quota, _ in
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        if case .granted = try await quota.reserve(tokens: 10, of: "m") { return true }
                        return false
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(granted == 40)
        }
    }

    @Test("a model without limits asks nobody, and keys do not outlive their use")
    func unlimited() async throws {
        try await withQuota(.init(requestsPerMinute: 5)) { quota, redis in
            let free = try lease(try await quota.reserve(tokens: 10, of: "other"))
            try await quota.renew(free)
            try await quota.settle(free, tokens: 3)
            #expect(try await redis.send(RedisCommand("DBSIZE")).integer == 0)
            _ = try lease(try await quota.reserve(tokens: 10, of: "m"))
            for name in ["spent", "leases", "held"] {
                let rest = try await redis.send(RedisCommand("PTTL", "assistant:quota:{m}:\(name)")).integer ?? 0
                #expect((1...120_000).contains(rest), "\(name)")
            }
        }
    }
}
