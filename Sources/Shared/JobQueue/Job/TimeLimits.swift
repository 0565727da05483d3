/// How long one attempt of a task may take.
struct TimeLimits: Sendable, Hashable {
    /// After this its Swift task is cancelled.
    let soft: Duration
    /// After this it is over, whether its code ends or not. Never before `soft`.
    let hard: Duration
    /// How long code may go on that was cancelled for another reason.
    let grace: Duration
}

extension TimeLimits {
    /// The message's own limits where it has any, else the job's. A message that names only a soft limit leaves the
    /// grace to the job; one that names only a hard limit may also shorten the soft one.
    init(_ message: TaskTimeLimit, _ job: JobRegistry.Entry) {
        let grace = max(.zero, job.hardTimeLimit - job.timeLimit)
        let hard = message.hard ?? (message.soft ?? job.timeLimit) + grace
        self.init(soft: min(message.soft ?? job.timeLimit, hard), hard: hard, grace: grace)
    }
}
