/// When an attempt that failed is followed by another.
public struct RetryPolicy: Sendable, Hashable {
    public let base: Duration
    public let cap: Duration
    /// How many attempts may follow the first.
    public let maximumRetries: Int
    /// How often a task may be put off, which spends no attempt. Default: 1,000.
    public var maximumPutOffs = 1_000
    /// How long a task may be put off in all, counted from the first time; and the longest delay that an error may name
    /// before a retry. Default: seven days.
    public var maximumWait: Duration = .seconds(7 * 86_400)

    /// Waits up to `base` before the first retry, twice as long before each following one, at most `cap`; the real
    /// delay is drawn evenly between zero and that bound (full jitter), so that failures do not come back in step.
    public static func exponential(base: Duration = .seconds(1), cap: Duration, maximumRetries: Int) -> RetryPolicy {
        RetryPolicy(base: base, cap: cap, maximumRetries: maximumRetries)
    }

    /// Never tries again.
    public static let never = RetryPolicy(base: .zero, cap: .zero, maximumRetries: 0)

    private init(base: Duration, cap: Duration, maximumRetries: Int) {
        self.base = base
        self.cap = cap
        self.maximumRetries = maximumRetries
    }

    /// The same policy with other bounds on being put off.
    public func puttingOff(atMost count: Int, for wait: Duration) -> RetryPolicy {
        var policy = self
        policy.maximumPutOffs = count
        policy.maximumWait = wait
        return policy
    }

    /// Whether a task that was put off so far may be put off until `due`.
    func allows(_ putOffs: PutOffs?, until due: WireTime, now: WireTime) -> Bool {
        (putOffs?.count ?? 0) < maximumPutOffs && due <= (putOffs?.since ?? now).advanced(by: maximumWait)
    }

    /// The longest delay before the retry with this number (1 for the first); nil where no retry is left.
    public func bound(beforeRetry retry: Int) -> Duration? {
        guard retry <= maximumRetries else { return nil }
        var bound = base
        for _ in 1..<max(1, min(retry, 63)) {
            if bound >= cap { break }
            bound *= 2
        }
        return min(bound, cap)
    }

    /// The delay before the retry with this number; nil where no retry is left.
    func delay(beforeRetry retry: Int, _ jitter: RetryJitter) -> Duration? {
        var generator = SystemRandomNumberGenerator()
        switch jitter {
        case .full: return delay(beforeRetry: retry, using: &generator)
        case .none: return bound(beforeRetry: retry)
        }
    }

    /// A delay drawn for the retry with this number; nil where no retry is left.
    func delay(beforeRetry retry: Int, using generator: inout some RandomNumberGenerator) -> Duration? {
        guard let bound = bound(beforeRetry: retry) else { return nil }
        return .milliseconds(Int64.random(in: 0...max(0, bound.milliseconds), using: &generator))
    }
}

/// How the delay before a retry is drawn.
enum RetryJitter: Sendable {
    /// Evenly between nothing and the policy's bound.
    case full
    /// Always the bound, so that a test can say when.
    case none
}

/// An error that knows whether another attempt can help.
public protocol RetryAdvising: Error {
    var retryAdvice: RetryAdvice { get }
}

/// What an error says about trying again.
public enum RetryAdvice: Sendable, Hashable {
    /// As the job's policy says.
    case byPolicy
    /// Another attempt fails in the same way.
    case never
    /// Not before this delay, which the other side named; spends an attempt.
    case after(Duration)
    /// After this delay and without spending an attempt: nothing was tried (a limit, a pause). A task that is put off
    /// too often or too long, by its `RetryPolicy`, has failed.
    case putOff(Duration)
    /// As `putOff`, and no other task of this limit is handed out meanwhile, on any worker: the other side said that it
    /// wants none, as an HTTP server does with status 429. Needs a limit that is defined (`QueueLimits`) and that the
    /// task counts for; without one it is the same as `putOff`.
    case rest(LimitName, for: Duration)
}
