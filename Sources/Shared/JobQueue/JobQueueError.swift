import Redis

/// What kept the queue from doing what was asked.
public struct JobQueueError: Error, CustomStringConvertible {
    /// What happened, to branch on. More may come.
    public struct Code: Hashable, Sendable {
        let text: String
        /// The arguments cannot be encoded as a JSON object.
        public static let invalidArguments = Code(text: "the arguments are no JSON object")
        /// Redis did not confirm.
        public static let unavailable = Code(text: "redis did not confirm")
        /// The queue has as many tasks as its bound allows; nothing was stored.
        public static let queueFull = Code(text: "the queue is full")
        /// A key or number among the options cannot be used; nothing was stored.
        public static let invalidOptions = Code(text: "the options cannot be used")
        /// This Redis, as it is set up, would lose tasks.
        public static let unsafeServer = Code(text: "redis is not set up safely")
    }

    public let code: Code
    /// The task it was about, where there is one.
    public let task: TaskName?
    public let cause: (any Error)?

    init(_ code: Code, task: TaskName?, cause: (any Error)?) {
        self.code = code
        self.task = task
        self.cause = cause
    }

    /// Whether the task may have been stored although nobody confirmed it.
    public var outcomeUnknown: Bool { (cause as? RedisError)?.outcomeUnknown ?? false }

    public var description: String {
        let about = task.map { " (\($0))" } ?? ""
        let reason: String
        switch cause {
        case let error as RedisError: reason = ": \(error)"
        case let error as UnsafeServer: reason = ": \(error)"
        default: reason = ""
        }
        return code.text + about + reason
    }
}

extension JobQueueError: RetryAdvising {
    public var retryAdvice: RetryAdvice { code == .unavailable || code == .queueFull ? .byPolicy : .never }
}
