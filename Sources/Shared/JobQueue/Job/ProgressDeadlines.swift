/// How soon, and how often, a job that streams must give a sign of progress with `JobContext.progress`.
///
/// Where a sign is missing the attempt is cancelled and fails with ``ProgressDeadlineExceeded``; what follows is up to
/// the job's `retryAdvice(for:)` and `retry`, as with every error. Made for calls that stall without failing: a model
/// that never begins to answer, or stops in the middle.
public struct ProgressDeadlines: Sendable, Hashable {
    /// The longest time from the start of the attempt to its first sign; nil for any.
    public var firstSign: Duration?
    /// The longest time from one sign to the next, or to the end; nil for any. Without `firstSign` it counts from the
    /// first sign that comes.
    public var betweenSigns: Duration?

    public init(firstSign: Duration? = nil, betweenSigns: Duration? = nil) {
        self.firstSign = firstSign
        self.betweenSigns = betweenSigns
    }

    /// No sign is asked for.
    public static let none = ProgressDeadlines()
}

/// An attempt gave no sign of progress in time.
public struct ProgressDeadlineExceeded: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether it was the first sign that was missing; else the next after others.
    public let isFirst: Bool
    /// How long it was waited for.
    public let limit: Duration

    public var description: String {
        "gave no \(isFirst ? "first" : "further") sign of progress within \(limit.secondsText)"
    }
}
