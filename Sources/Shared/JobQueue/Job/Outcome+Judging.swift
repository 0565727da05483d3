extension Outcome {
    /// How an attempt ended whose code came to an end.
    ///
    /// - Parameters:
    ///   - result: What the job returned, as JSON, or threw.
    ///   - reason: Why it was cancelled; nil where it was not.
    ///   - message: The task.
    ///   - job: The job.
    ///   - limits: How long it was allowed to run.
    init(
        _ result: Result<[UInt8], any Error>,
        cancelledFor reason: CancellationReason?,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        limits: TimeLimits
    ) {
        switch (result, reason) {
        case (_, .leaseLost): self = .abandoned
        case (.success(let output), _): self = .succeeded(result: output)
        case (.failure, .shutdown): self = .givenBack
        case (.failure, .timeLimit): self = .failed(.softTimeLimit(limits.soft))
        case (.failure, .noProgress(let error)): self = .judged(error, message, job)
        case (.failure, .cancelled): self = .cancelled
        case (.failure(let error), nil): self = .judged(error, message, job)
        }
    }

    /// How an attempt ended whose code goes on beyond its hard limit.
    ///
    /// - Parameters:
    ///   - reason: Why its code was cancelled; nil where there was no time for that.
    ///   - message: The task.
    ///   - job: The job.
    ///   - limits: How long it was allowed to run.
    init(
        endedOver reason: CancellationReason?,
        _ message: TaskMessage,
        _ job: JobRegistry.Entry,
        limits: TimeLimits
    ) {
        switch reason {
        case .noProgress(let error): self = .judged(error, message, job)
        case .cancelled: self = .cancelled
        case .timeLimit, nil: self = .failed(.hardTimeLimit(limits.hard))
        case .shutdown: self = .givenBack
        case .leaseLost: self = .abandoned
        }
    }

    /// What follows an error: what it advises itself, else the job's policy.
    static func judged(_ error: any Error, _ message: TaskMessage, _ job: JobRegistry.Entry) -> Outcome {
        let failure = TaskFailure(error)
        let retry = message.retries + 1
        switch (error as? any RetryAdvising)?.retryAdvice ?? .byPolicy {
        case .never: return .failed(failure)
        case .putOff(let delay): return .retry(after: delay, spending: 0, failure)
        case .after(let delay):
            return job.retry.maximumRetries >= retry ? .retry(after: delay, spending: 1, failure) : .failed(failure)
        case .byPolicy:
            var generator = SystemRandomNumberGenerator()
            guard let delay = job.retry.delay(beforeRetry: retry, using: &generator) else { return .failed(failure) }
            return .retry(after: delay, spending: 1, failure)
        }
    }
}
