import FoundationEssentials
package import Logging
import NIOConcurrencyHelpers
package import Redis

/// Keeps the calls of all processes of an app within Feishu's limits, by slots that they take from Redis.
///
/// One script a call, of one round trip, by Redis' own clock: it finds the earliest moment that every limit allows,
/// and takes it. Slots are given in the order of asking, so of many who wait each gets its turn. Sheddable calls get
/// slots from a share of an API's quota only, and at a steady pace. Where Redis cannot be asked, each process goes on
/// with a quarter of the limits, and asks again after a recess.
package final class RedisCallGovernor: CallGovernor {
    /// How long a call waits for Redis before it goes on without.
    static let timeout: Duration = .milliseconds(500)
    /// What part of each limit a process takes on its own.
    static let shareAlone = 0.25

    private struct State {
        var usage: MonthlyUsage?
        /// Until then Redis is not asked.
        var aloneUntil: ContinuousClock.Instant?
    }

    private let redis: RedisClient
    private let keys: GovernorKeys
    private let limits: CallLimits
    private let quota: Int64?
    private let alone: LocalCallGovernor
    private let logger: Logger
    /// How long Redis is not asked after it failed to answer.
    private let recess: Duration
    private let now: @Sendable () -> Int64
    private let virtualTime: (@Sendable () -> Int64)?
    private let state = NIOLockedValueBox(State())

    /// The limits and the quota are those of the app; `monthlyQuota` is the calls a month of the company's Feishu plan,
    /// nil for no limit. Redis is not asked for `recess` after it failed. `now` gives milliseconds since 1970, to tell the months apart; `virtualTime` takes the place of
    /// Redis' clock, in milliseconds, for tests.
    package init(
        redis: RedisClient,
        appID: String,
        limits: CallLimits = CallLimits(),
        monthlyQuota: Int64? = nil,
        logger: Logger,
        recess: Duration = .seconds(2),
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) },
        virtualTime: (@Sendable () -> Int64)? = nil
    ) {
        self.redis = redis
        self.limits = limits
        self.logger = logger
        self.recess = recess
        self.now = now
        self.virtualTime = virtualTime
        keys = GovernorKeys(appID: appID, prefix: redis.configuration.keyPrefix)
        quota = monthlyQuota
        alone = LocalCallGovernor(limits: limits, share: Self.shareAlone) {
            (ContinuousClock.now - Self.start).milliseconds
        }
    }

    private static let start = ContinuousClock.now

    package var monthlyUsage: MonthlyUsage? { state.withLockedValue { $0.usage } }

    package func reserve(
        _ call: GovernedCall,
        within patience: Duration,
        insteadOf missed: CallPlace?
    ) async -> CallSlot {
        guard mayAsk() else { return await alone.reserve(call, within: patience, insteadOf: missed) }
        let subjects = limits.subjects(of: call)
        var names: RedisArguments = []
        names.append(keys.meter(atMilliseconds: now()))
        for subject in subjects { names.append(keys.subject(subject.name)) }
        do throws(RedisError) {
            let reply = try await redis.evaluate(
                Self.reserveScript,
                keys: names,
                arguments: Self.arguments(subjects, time: virtualTime?(), patience: patience, missed: missed),
                timeout: Self.timeout
            )
            guard let outcome = reply[0]?.integer, let wait = reply[1]?.integer, let calls = reply[2]?.integer,
                let slot = reply[4]?.integer
            else {
                throw RedisError(.protocolViolation, command: "EVALSHA", detail: "not a slot")
            }
            remember(MonthlyUsage(calls: calls, quota: quota, hasEnded: reply[3]?.integer == 1))
            switch outcome {
            case 1: return .granted(wait: .milliseconds(wait), place: CallPlace(slot: slot, isShared: true))
            case 2: return .monthEnded
            default: return .refused(retryAfter: .milliseconds(wait))
            }
        } catch {
            goAlone(error)
            return await alone.reserve(call, within: patience, insteadOf: missed)
        }
    }

    package func note(_ refusal: FeishuError, of call: GovernedCall) async {
        await alone.note(refusal, of: call)
        let isQuota = refusal.reason == .monthlyQuota
        guard isQuota || refusal.kind == .rateLimited, mayAsk() else { return }
        let held = isQuota ? [keys.meter(atMilliseconds: now())] : call.held(by: refusal).map(keys.subject)
        let length = (refusal.retryAfter ?? .seconds(1)).milliseconds
        let time = virtualTime.map { String($0()) } ?? ""
        if isQuota {
            state.withLockedValue {
                $0.usage = MonthlyUsage(calls: $0.usage?.calls ?? 0, quota: quota, hasEnded: true)
            }
        }
        for key in held {
            do {
                _ = try await redis.evaluate(
                    isQuota ? Self.endScript : Self.holdScript,
                    keys: [key],
                    arguments: [time, length],
                    timeout: Self.timeout
                )
            } catch {
                return goAlone(error)
            }
        }
    }

    package func noteSuccess() async {
        guard mayAsk() else { return }
        do {
            _ = try await redis.send(
                RedisCommand("HDEL", keys.meter(atMilliseconds: now()), "ended"),
                timeout: Self.timeout
            )
            state.withLockedValue { state in
                state.usage = state.usage.map { MonthlyUsage(calls: $0.calls, quota: quota, hasEnded: false) }
            }
        } catch {
            goAlone(error)
        }
    }

    private func mayAsk() -> Bool {
        state.withLockedValue { $0.aloneUntil.map { ContinuousClock.now >= $0 } ?? true }
    }

    private func remember(_ usage: MonthlyUsage) {
        let isBack = state.withLockedValue { state in
            state.usage = usage
            defer { state.aloneUntil = nil }
            return state.aloneUntil != nil
        }
        if isBack { logger.info("rate limits are shared again") }
    }

    private func goAlone(_ error: RedisError) {
        let isNew = state.withLockedValue { state in
            defer { state.aloneUntil = .now + recess }
            return state.aloneUntil == nil
        }
        guard isNew else { return }
        logger.warning(
            "rate limits cannot be shared, a quarter of them is used alone",
            metadata: ["error": "\(error)"]
        )
    }
}
