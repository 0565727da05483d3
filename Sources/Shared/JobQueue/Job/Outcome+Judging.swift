extension Outcome {
    /// How an attempt ended whose code came to an end.
    ///
    /// - Parameters:
    ///   - result: What the job returned, as JSON, or threw.
    ///   - reason: Why it was cancelled; nil where it was not.
    ///   - message: The task.
    ///   - job: The job.
    ///   - jitter: How a delay by the job's policy is drawn.
    ///   - isStopping: Whether the worker stops, asked for where the job gave its task back.
    ///   - now: Redis' time, asked for where an error is judged.
    init(
        _ result: Result<[UInt8], any Error>,
        cancelledFor reason: CancellationReason?,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        jitter: RetryJitter = .full,
        isStopping: @autoclosure () -> Bool,
        at now: @autoclosure () -> WireTime
    ) {
        switch (result, reason) {
        case (_, .leaseLost): self = .abandoned
        case (.success(let output), _): self = .succeeded(result: output)
        case (.failure(let error as JobContext.Replacement), _): self = .replaced(by: error.signature)
        case (.failure(let error), nil) where error is JobContext.Ignore: self = .ignored
        case (.failure, .shutdown): self = .givenBack
        case (.failure(let error), .timeLimit) where error is ChildProcessLost:
            self = .failed(.hardTimeLimit(TimeLimits(message.timeLimit, job).hard))
        case (.failure, .timeLimit): self = .failed(.softTimeLimit(TimeLimits(message.timeLimit, job).soft))
        case (.failure, .noProgress(let error)): self = .judged(error, message, job, jitter: jitter, at: now())
        case (.failure, .cancelled): self = .cancelled
        case (.failure(let error), nil) where error is JobContext.GiveBack && isStopping(): self = .returned
        case (.failure(let error), nil): self = .judged(error, message, job, jitter: jitter, at: now())
        }
    }

    /// How an attempt ended whose code goes on beyond its hard limit.
    ///
    /// - Parameters:
    ///   - reason: Why its code was cancelled; nil where there was no time for that.
    ///   - message: The task.
    ///   - job: The job.
    ///   - jitter: How a delay by the job's policy is drawn.
    ///   - now: Redis' time, asked for where an error is judged.
    init(
        endedOver reason: CancellationReason?,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        jitter: RetryJitter = .full,
        at now: @autoclosure () -> WireTime
    ) {
        switch reason {
        case .noProgress(let error): self = .judged(error, message, job, jitter: jitter, at: now())
        case .cancelled: self = .cancelled
        case .timeLimit, nil: self = .failed(.hardTimeLimit(TimeLimits(message.timeLimit, job).hard))
        case .shutdown: self = .givenBack
        case .leaseLost: self = .abandoned
        }
    }

    /// What follows an error: what the job advises, else the error itself, else the job's policy.
    static func judged(
        _ error: any Error,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        jitter: RetryJitter = .full,
        at now: WireTime
    ) -> Outcome {
        let failure = TaskFailure(error)
        let policy = job.retry
        let retry = message.retries + 1
        if error is ChildProcessLost, job.afterCrash == .fail || job.afterCrash == .dead {
            return .failed(failure, isBuried: job.afterCrash == .dead)
        }
        // A child's job has said what it makes of its error.
        let own = (error as? ChildFailure)?.retryAdvice ?? job.advice(error)
        let advice = own ?? (error as? any RetryAdvising)?.retryAdvice ?? .byPolicy
        switch advice {
        case .never: return .failed(failure)
        case .putOff(let delay), .rest(_, for: let delay):
            guard policy.allows(message.putOffs, until: now.advanced(by: delay), now: now) else {
                return .failed(.putOffLimit(message.putOffs, delay, failure))
            }
            if case .rest(let limit, _) = advice { return .rest(limit, for: delay, failure) }
            return .retry(after: delay, spending: 0, failure)
        case .after(let delay):
            let isAllowed = policy.maximumRetries >= retry && delay <= policy.maximumWait
            return isAllowed ? .retry(after: delay, spending: 1, failure) : .failed(failure)
        case .byPolicy:
            guard let delay = policy.delay(beforeRetry: retry, jitter) else { return .failed(failure) }
            return .retry(after: delay, spending: 1, failure)
        }
    }
}
