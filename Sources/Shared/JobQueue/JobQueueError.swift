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
        /// A job asks for a process of its own, and the worker was given no way to start one.
        public static let noChildProcesses = Code(text: "a job needs child processes, and this worker has none")
        /// The attempt is over: another worker may have the task.
        public static let leaseLost = Code(text: "the task is not held any more")
        /// Two steps of one attempt have the same name.
        public static let duplicateStep = Code(text: "two steps of one attempt have the same name")
        /// What was to be stored is over its bound.
        public static let tooLarge = Code(text: "it is too large")
        /// The task has more steps than are kept.
        public static let tooMany = Code(text: "there are too many steps")
        /// The job does not say that it has an output stream.
        public static let noOutputStream = Code(text: "the job does not say that it streams output")
        /// Two writes to one output at once.
        public static let outputBusy = Code(text: "the output is being written elsewhere in the job")
        /// The output is not what this attempt left.
        public static let outputMoved = Code(text: "the output is not as this attempt left it")
        /// An output brought nothing for as long as its reader would wait.
        public static let noNews = Code(text: "nothing came in time")
        /// The stored result of a step is not what the job expects now.
        public static let unreadableStep = Code(text: "the stored result is of another type")
    }

    public let code: Code
    /// The task it was about, where there is one.
    public let task: TaskName?
    public let cause: (any Error)?
    /// The step of a job it was about, where there is one.
    public let step: String?

    init(_ code: Code, task: TaskName?, cause: (any Error)?, step: String? = nil) {
        self.code = code
        self.task = task
        self.cause = cause
        self.step = step
    }

    /// The error for an attempt that is over.
    package static var leaseLost: JobQueueError { JobQueueError(.leaseLost, task: nil, cause: nil) }

    /// Whether the task may have been stored although nobody confirmed it.
    public var outcomeUnknown: Bool { (cause as? RedisError)?.outcomeUnknown ?? false }

    public var description: String {
        let about = task.map { name in " (\(name)\(step.map { ", step `\($0)`" } ?? ""))" } ?? ""
        let reason: String
        switch cause {
        case let error as RedisError: reason = ": \(error)"
        case let error as UnsafeServer: reason = ": \(error)"
        case let failure as TaskFailure: reason = ": \(failure.message)"
        default: reason = ""
        }
        return code.text + about + reason
    }
}

extension JobQueueError: RetryAdvising {
    public var retryAdvice: RetryAdvice {
        [.unavailable, .queueFull, .leaseLost].contains(code) ? .byPolicy : .never
    }
}
