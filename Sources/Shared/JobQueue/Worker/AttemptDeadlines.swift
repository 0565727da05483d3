/// When one attempt is cancelled, and when it is over although its code goes on. Decides, knows no clock.
struct AttemptDeadlines: Sendable {
    typealias Instant = ContinuousClock.Instant

    enum Due: Sendable, Equatable {
        case cancel(CancellationReason)
        /// It is over, whatever its code does.
        case end
    }

    let limits: TimeLimits
    let begun: Instant
    private var progress: ProgressWatch?
    private var end: Instant
    private var isCancelled = false

    init(_ limits: TimeLimits, _ progress: ProgressWatch? = nil, from begun: Instant) {
        self.limits = limits
        self.progress = progress
        self.begun = begun
        end = begun + limits.hard
    }

    /// When to look at it again.
    var next: Instant {
        if isCancelled { return end }
        let limit = min(begun + limits.soft, end)
        return progress?.nextLook.map { min($0, limit) } ?? limit
    }

    /// What is to be done about it; nil before `next`.
    mutating func due(at now: Instant) -> Due? {
        if end <= now { return .end }
        if isCancelled { return nil }
        if begun + limits.soft <= now { return .cancel(.timeLimit) }
        return progress?.missing(at: now).map { .cancel(.noProgress($0)) }
    }

    /// It was cancelled: what is left is the grace.
    mutating func cancelled(at now: Instant) {
        isCancelled = true
        end = min(end, now + limits.grace)
    }
}
