import Synchronization

/// When an attempt gave its last sign of progress. Costs its job one atomic write a sign.
final class ProgressMark: Sendable {
    private let begun: ContinuousClock.Instant
    /// Nanoseconds from `begun`; 0 for none yet.
    private let nanoseconds = Atomic<Int64>(0)

    init(from begun: ContinuousClock.Instant) { self.begun = begun }

    func sign(at now: ContinuousClock.Instant = .now) {
        let (seconds, attoseconds) = (now - begun).components
        nanoseconds.store(max(1, seconds * 1_000_000_000 + attoseconds / 1_000_000_000), ordering: .relaxed)
    }

    var last: ContinuousClock.Instant? {
        let nanoseconds = nanoseconds.load(ordering: .relaxed)
        return nanoseconds == 0 ? nil : begun + .nanoseconds(nanoseconds)
    }
}

/// Whether an attempt gives its signs of progress in time. Decides, knows no clock.
///
/// A sign moves no timer: the watch looks no later than a sign could be missing, and then when it will be.
struct ProgressWatch: Sendable {
    let mark: ProgressMark
    private let deadlines: ProgressDeadlines
    private let first: ContinuousClock.Instant?
    /// When to look next; nil for never.
    private(set) var nextLook: ContinuousClock.Instant?

    /// Nil where no sign is asked for.
    init?(_ deadlines: ProgressDeadlines, from begun: ContinuousClock.Instant) {
        guard deadlines != .none else { return nil }
        self.deadlines = deadlines
        mark = ProgressMark(from: begun)
        first = deadlines.firstSign.map { begun + $0 }
        nextLook = Self.earlier(first, deadlines.betweenSigns.map { begun + $0 })
    }

    /// What is missing, where anything is.
    mutating func missing(at now: ContinuousClock.Instant) -> ProgressDeadlineExceeded? {
        guard let look = nextLook, look <= now else { return nil }
        if let last = mark.last {
            guard let limit = deadlines.betweenSigns else {
                nextLook = nil
                return nil
            }
            if last + limit <= now { return ProgressDeadlineExceeded(isFirst: false, limit: limit) }
            nextLook = last + limit
        } else {
            if let first, first <= now, let limit = deadlines.firstSign {
                return ProgressDeadlineExceeded(isFirst: true, limit: limit)
            }
            nextLook = Self.earlier(first, deadlines.betweenSigns.map { now + $0 })
        }
        return nil
    }

    private static func earlier(
        _ one: ContinuousClock.Instant?,
        _ other: ContinuousClock.Instant?
    ) -> ContinuousClock.Instant? {
        guard let one, let other else { return one ?? other }
        return min(one, other)
    }
}
