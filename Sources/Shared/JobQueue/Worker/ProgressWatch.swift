import Synchronization

/// What an attempt is to show of progress, and when it did so last. Costs its job one atomic write a sign.
final class ProgressMark: Sendable {
    let deadlines: ProgressDeadlines
    let begun: ContinuousClock.Instant
    /// Nanoseconds from `begun`; 0 for none yet.
    private let nanoseconds = Atomic<Int64>(0)
    private let onSign: (@Sendable () -> Void)?

    init(
        _ deadlines: ProgressDeadlines,
        from begun: ContinuousClock.Instant,
        onSign: (@Sendable () -> Void)? = nil
    ) {
        self.deadlines = deadlines
        self.begun = begun
        self.onSign = onSign
    }

    func sign(at now: ContinuousClock.Instant = .now) {
        let (seconds, attoseconds) = (now - begun).components
        nanoseconds.store(max(1, seconds * 1_000_000_000 + attoseconds / 1_000_000_000), ordering: .relaxed)
        onSign?()
    }

    var last: ContinuousClock.Instant? {
        let nanoseconds = nanoseconds.load(ordering: .relaxed)
        return nanoseconds == 0 ? nil : begun + .nanoseconds(nanoseconds)
    }

    /// Until when the first sign must have come; nil for whenever.
    fileprivate var first: ContinuousClock.Instant? { deadlines.firstSign.map { begun + $0 } }
}

/// Whether an attempt gives its signs of progress in time. Decides, knows no clock.
///
/// A sign moves no timer: the watch looks no later than a sign could be missing, and then when it will be.
struct ProgressWatch: Sendable {
    let mark: ProgressMark
    /// When to look next; nil for never.
    private(set) var nextLook: ContinuousClock.Instant?

    /// Nil where no sign is asked for.
    init?(_ deadlines: ProgressDeadlines, from begun: ContinuousClock.Instant) {
        guard deadlines != .none else { return nil }
        mark = ProgressMark(deadlines, from: begun)
        nextLook = Self.earlier(mark.first, deadlines.betweenSigns.map { begun + $0 })
    }

    /// What is missing, where anything is.
    mutating func missing(at now: ContinuousClock.Instant) -> ProgressDeadlineExceeded? {
        guard let look = nextLook, look <= now else { return nil }
        let between = mark.deadlines.betweenSigns
        if let last = mark.last {
            guard let between else {
                nextLook = nil
                return nil
            }
            if last + between <= now { return ProgressDeadlineExceeded(isFirst: false, limit: between) }
            nextLook = last + between
        } else {
            if let first = mark.first, first <= now {
                return ProgressDeadlineExceeded(isFirst: true, limit: first - mark.begun)
            }
            nextLook = Self.earlier(mark.first, between.map { now + $0 })
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
