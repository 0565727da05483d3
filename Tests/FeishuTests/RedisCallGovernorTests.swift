@testable import Feishu
import Logging
import Redis
import TestSupport
import Testing

@Suite("Limits shared in Redis")
struct RedisCallGovernorTests {
    @Test("clients of several processes share what there is")
    func shared() async throws {
        try await RedisServer.with { server in
            let clock = VirtualClock()
            var clients: [RedisClient] = []
            defer { clients.forEach { $0.close() } }
            for _ in 0..<3 {
                clients.append(
                    try RedisClient(
                        configuration: RedisConfiguration(url: server.url),
                        logger: Logger(label: "test")
                    )
                )
            }
            let governors = clients.map { RedisCallGovernor.virtual($0, clock) }
            let start = clock.now
            let slots = await withTaskGroup(of: Int64?.self) { group in
                for index in 0..<300 {
                    group.addTask {
                        await governors[index % 3].reserve(.message(chat: index), within: .seconds(60)).wait
                    }
                }
                return await group.reduce(into: [Int64]()) { $0.append(start + ($1 ?? -1)) }
            }
            var log = CallLog()
            for slot in slots { log.add(.message(chat: 0), at: slot) }
            #expect(slots.allSatisfy { $0 >= start })
            #expect(log.most(of: "POST im", inMilliseconds: 1_000) <= 50)
            #expect(try #require(slots.max()) - start < 8_000)
        }
    }

    @Test("Redis' own clock counts where no test does")
    func realTime() async throws {
        try await GovernorKind.withRedis { redis in
            let governor = RedisCallGovernor(
                redis: redis,
                appID: "cli_1",
                logger: Logger(label: "test"),
                now: { 1_795_402_800_000 }
            )
            // Together, over a connection that is there: a machine may be busy between one call and the next.
            _ = await governor.reserve(.message(chat: 9), within: .zero)
            let waits = await withTaskGroup(of: Int64?.self) { group in
                for _ in 0..<5 { group.addTask { await governor.reserve(.message(chat: 1), within: .seconds(5)).wait } }
                return await group.reduce(into: [Int64]()) { $0.append($1 ?? -1) }.sorted()
            }
            #expect(waits.dropLast() == [0, 0, 0, 0])
            #expect((1...1_300).contains(waits.last ?? 0))
            await governor.note(
                FeishuError(kind: .rateLimited, code: 99_991_400, message: "m", retryAfter: .seconds(100)),
                of: .message(chat: 1)
            )
            guard case .refused(let wait) = await governor.reserve(.message(chat: 2), within: .seconds(3)) else {
                Issue.record("a held API was let pass")
                return
            }
            #expect((Duration.seconds(90) ... .seconds(100)).contains(wait))
        }
    }

    @Test("the calls of a month are counted, and nearly all of them are known to be")
    func meter() async throws {
        try await GovernorKind.withRedis { redis in
            let clock = VirtualClock()
            let governor = RedisCallGovernor.virtual(redis, clock, monthlyQuota: 100)
            #expect(governor.monthlyUsage == nil)
            for chat in 0..<94 { _ = await governor.reserve(.message(chat: chat), within: .seconds(60)) }
            #expect(governor.monthlyUsage?.calls == 94)
            #expect(governor.monthlyUsage?.isNearEnd == false)
            _ = await governor.reserve(.message(chat: 94), within: .seconds(60))
            #expect(governor.monthlyUsage?.isNearEnd == true)
            // A call that is not made is none.
            for _ in 0..<4 { _ = await governor.reserve(.message(chat: 200), within: .seconds(60)) }
            _ = await governor.reserve(.message(chat: 200), within: .zero)
            #expect(governor.monthlyUsage?.calls == 99)
            // Nor is one whose turn was missed and given back, whether there is another or not.
            let missed = await governor.reserve(.message(chat: 201), within: .seconds(60))
            _ = await governor.reserve(.message(chat: 201), within: .seconds(60), insteadOf: missed.place)
            #expect(governor.monthlyUsage?.calls == 100)
            let full = await governor.reserve(.message(chat: 200), within: .seconds(60))
            _ = await governor.reserve(.message(chat: 200), within: .zero, insteadOf: full.place)
            #expect(governor.monthlyUsage?.calls == 100)
            let other = RedisCallGovernor.virtual(redis, clock, appID: "cli_2", monthlyQuota: 100)
            _ = await other.reserve(.message(chat: 1), within: .zero)
            #expect(other.monthlyUsage?.calls == 1)

            let raw = try await redis.send(RedisCommand("HGET", "feishu:meter:{cli_1}:2026-11", "calls"))
            #expect(raw.integer == 100)
            let lifetime = try await redis.send(RedisCommand("TTL", "feishu:meter:{cli_1}:2026-11")).integer
            #expect((8_600_000...8_640_000).contains(lifetime ?? 0))
            clock.advance(by: 10 * 86_400_000)
            _ = await governor.reserve(.message(chat: 1), within: .zero)
            #expect(governor.monthlyUsage?.calls == 1)
        }
    }

    @Test("a month that Feishu has ended stays so, and one call in five minutes finds out")
    func ended() async throws {
        try await GovernorKind.withRedis { redis in
            let clock = VirtualClock()
            let governor = RedisCallGovernor.virtual(redis, clock)
            let other = RedisCallGovernor.virtual(redis, clock)
            let quota = FeishuError(kind: .denied, code: 99_991_403, message: "m", reason: .monthlyQuota)
            await governor.note(quota, of: .message(chat: 1))
            #expect(governor.monthlyUsage?.isNearEnd == true)
            #expect(await governor.reserve(.message(chat: 1), within: .zero) == .monthEnded)
            #expect(await other.reserve(.stream(1), within: .zero) == .monthEnded)
            #expect(other.monthlyUsage?.hasEnded == true)
            clock.advance(by: 300_000)
            #expect(await other.reserve(.message(chat: 1), within: .zero).wait == 0)
            #expect(other.monthlyUsage?.isNearEnd == true)
            #expect(await governor.reserve(.message(chat: 1), within: .zero) == .monthEnded)
            await other.noteSuccess()
            #expect(other.monthlyUsage?.hasEnded == false)
            #expect(await governor.reserve(.message(chat: 2), within: .zero).wait == 0)
            #expect(governor.monthlyUsage?.isNearEnd == false)
            await governor.note(quota, of: .message(chat: 1))
            clock.advance(by: 10 * 86_400_000)
            #expect(await governor.reserve(.message(chat: 1), within: .zero).wait == 0)
            #expect(governor.monthlyUsage?.hasEnded == false)
        }
    }

    @Test("where Redis' clock is set back by hours, nothing waits for hours")
    func clockSetBack() async throws {
        try await GovernorKind.withRedis { redis in
            let clock = VirtualClock()
            let late = RedisCallGovernor(
                redis: redis,
                appID: "cli_1",
                logger: Logger(label: "test"),
                now: { clock.now },
                virtualTime: { clock.now + 10_000_000 }
            )
            for card in 0..<200 { _ = await late.reserve(.stream(card), within: .seconds(60)) }
            let refusal = FeishuError(kind: .rateLimited, code: 99_991_400, message: "m", retryAfter: .seconds(5))
            await late.note(refusal, of: .message(chat: 1))
            let governor = RedisCallGovernor.virtual(redis, clock)
            #expect(await governor.reserve(.stream(1), within: .zero).wait == 0)
            #expect(await governor.reserve(.message(chat: 1), within: .zero).wait == 0)
        }
    }

    @Test("without Redis a quarter of the limits is used, and nothing fails")
    func alone() async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(
                configuration: RedisConfiguration(url: server.url),
                logger: Logger(label: "test")
            )
            defer { redis.close() }
            let clock = VirtualClock()
            let governor = RedisCallGovernor.virtual(redis, clock)
            for chat in 0..<20 { #expect(await governor.reserve(.message(chat: chat), within: .zero).wait == 0) }
            server.kill()
            var passed = 0
            for chat in 0..<50 where await governor.reserve(.message(chat: chat), within: .zero).wait == 0 {
                passed += 1
            }
            #expect((10...14).contains(passed))
            await governor.note(
                FeishuError(kind: .rateLimited, code: 230_020, message: "m", retryAfter: .seconds(30)),
                of: .message(chat: 77)
            )
            guard case .refused = await governor.reserve(.message(chat: 77), within: .zero) else {
                Issue.record("a held chat was let pass")
                return
            }
        }
    }

    @Test("once Redis is back, limits are shared again")
    func back() async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(
                configuration: RedisConfiguration(url: server.url),
                logger: Logger(label: "test")
            )
            defer { redis.close() }
            let governor = RedisCallGovernor(
                redis: redis,
                appID: "cli_1",
                logger: Logger(label: "test"),
                recess: .milliseconds(20),
                now: { 1_795_402_800_000 }
            )
            server.kill()
            _ = await governor.reserve(.message(chat: 1), within: .zero)
            #expect(governor.monthlyUsage == nil)
            try await server.restart()
            try await eventually("limits are shared") {
                _ = await governor.reserve(.message(chat: 1), within: .zero)
                return governor.monthlyUsage?.calls ?? 0 > 0
            }
        }
    }

    @Test("every key names its app, ends by itself, and stands in its app's slot")
    func keys() async throws {
        try await GovernorKind.withRedis { redis in
            let governor = RedisCallGovernor.virtual(redis, VirtualClock())
            _ = await governor.reserve(.stream(7), within: .zero)
            _ = await governor.reserve(.message(chat: 1), within: .zero)
            await governor.note(
                FeishuError(kind: .rateLimited, code: 230_020, message: "m", retryAfter: .seconds(1)),
                of: GovernedCall(api: "POST im/v1/messages", subjects: [.user("ou_1")])
            )
            let keys = try #require(try await redis.send(RedisCommand("KEYS", "*")).array).compactMap(\.string).sorted()
            #expect(
                keys == [
                    "feishu:governor:{cli_1}:api:POST:im/v1/messages",
                    "feishu:governor:{cli_1}:api:PUT:cardkit/v1/cards/:id/elements/:id/content",
                    "feishu:governor:{cli_1}:card:7", "feishu:governor:{cli_1}:chat:oc_1",
                    "feishu:governor:{cli_1}:user:ou_1", "feishu:meter:{cli_1}:2026-11",
                ]
            )
            for key in keys { #expect(try await redis.send(RedisCommand("PTTL", key)).integer ?? 0 > 0) }
        }
    }

    @Test(
        "months are those of China",
        arguments: [
            (1_795_402_800_000, "2026-11"), (0, "1970-01"), (951_782_399_999, "2000-02"), (951_839_999_999, "2000-02"),
            (951_840_000_000, "2000-03"), (1_798_732_799_999, "2026-12"), (1_798_732_800_000, "2027-01"),
            (4_102_416_000_000, "2100-01"),
        ] as [(Int64, String)]
    )
    func months(time: Int64, month: String) { #expect(GovernorKeys.month(atMilliseconds: time) == month) }
}
