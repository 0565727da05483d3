extension JobContext {
    /// Whether the worker was asked to stop: what runs longer than the grace period is cancelled and given back.
    ///
    /// A job of minutes looks now and then, brings what it has to a good end (its steps, its output) and throws
    /// ``GiveBack``.
    public var isStopping: Bool { scope.stopping.isAsked }

    /// Returns once the worker was asked to stop, or when the calling task is cancelled.
    public func stopRequested() async { await scope.stopping.asked() }

    /// Whether somebody cancelled the task, which is why the Swift task is: not a time limit, a stop or a lost lease.
    ///
    /// A job that brings its work to a good end then and returns has succeeded; one that throws ends as `REVOKED`.
    public var isRevoked: Bool { scope.running.reason(tag) == .cancelled }

    /// Thrown by a job that stops at a good place: its task goes back to the front of its queue at once, for another
    /// worker, and no attempt is spent.
    ///
    /// Where the worker does not stop the task is put off for a second instead, as `RetryAdvice.putOff` does.
    public struct GiveBack: RetryAdvising, CustomStringConvertible {
        public init() {}
        public var retryAdvice: RetryAdvice { .putOff(.seconds(1)) }
        public var description: String { "the job gave its task back" }
    }
}
