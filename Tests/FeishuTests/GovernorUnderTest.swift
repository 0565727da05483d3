import Feishu
import Logging
import NIOConcurrencyHelpers
import Redis
import TestSupport

/// A clock that a test moves, in milliseconds since 1970.
final class VirtualClock: Sendable {
    private let time = NIOLockedValueBox<Int64>(1_795_402_800_000)

    var now: Int64 { time.withLockedValue { $0 } }
    func move(to instant: Int64) { time.withLockedValue { $0 = max($0, instant) } }
    func advance(by milliseconds: Int64) { time.withLockedValue { $0 += milliseconds } }
}

/// The governors, for tests of what both must do.
enum GovernorKind: String, CaseIterable, Sendable {
    case redis, local

    /// Runs `body` with a fresh governor of all of the limits, by a clock of the test's.
    func with(
        limits: CallLimits = CallLimits(),
        _ body: (any CallGovernor, VirtualClock) async throws -> Void
    ) async throws {
        let clock = VirtualClock()
        switch self {
        case .local:
            try await body(LocalCallGovernor(limits: limits, share: 1) { clock.now }, clock)
        case .redis:
            try await Self.withRedis { redis in
                let governor = RedisCallGovernor.virtual(redis, clock, limits: limits)
                try await body(governor, clock)
            }
        }
    }

    static func withRedis(_ body: (RedisClient) async throws -> Void) async throws {
        try await RedisServer.with { server in
            let redis = try RedisClient(
                configuration: RedisConfiguration(url: server.url),
                logger: Logger(label: "test")
            )
            defer { redis.close() }
            try await body(redis)
        }
    }
}

extension RedisCallGovernor {
    static func virtual(
        _ redis: RedisClient,
        _ clock: VirtualClock,
        appID: String = "cli_1",
        limits: CallLimits = CallLimits(),
        monthlyQuota: Int64? = nil
    ) -> RedisCallGovernor {
        RedisCallGovernor(
            redis: redis,
            appID: appID,
            limits: limits,
            monthlyQuota: monthlyQuota,
            logger: Logger(label: "test"),
            now: { clock.now },
            virtualTime: { clock.now }
        )
    }
}

extension CallSlot {
    /// Milliseconds until the slot; nil if none was given.
    var wait: Int64? {
        if case .granted(let wait, _) = self { Int64(wait / .milliseconds(1)) } else { nil }
    }

    /// Where it is counted; nil if none was given.
    var place: CallPlace? {
        if case .granted(_, let place) = self { place } else { nil }
    }
}

extension GovernedCall {
    /// More text on a card.
    static func stream(_ card: Int, urgency: CallUrgency = .sheddable) -> GovernedCall {
        GovernedCall(
            api: "PUT cardkit/v1/cards/:id/elements/:id/content",
            subjects: [.card("\(card)")],
            urgency: urgency
        )
    }

    static func message(chat: Int) -> GovernedCall {
        GovernedCall(api: "POST im/v1/messages", subjects: [.chat("oc_\(chat)")])
    }
}

/// When calls were made, and how many fell into one window.
struct CallLog {
    private var times: [String: [Int64]] = [:]

    mutating func add(_ call: GovernedCall, at time: Int64) {
        times[call.api, default: []].append(time)
        for subject in call.subjects { times["\(subject)", default: []].append(time) }
    }

    /// The most calls in any window of this length, for the names that begin so.
    func most(of prefix: String, inMilliseconds length: Int64) -> Int {
        times.filter { $0.key.hasPrefix(prefix) }.map { _, times in
            let sorted = times.sorted()
            var first = 0
            var most = 0
            for (index, time) in sorted.enumerated() {
                while sorted[first] <= time - length { first += 1 }
                most = max(most, index - first + 1)
            }
            return most
        }.max() ?? 0
    }
}
