/// The Swift code for a task.
///
/// A job may run more than once: its worker can die after the work and before the acknowledgement. Make its effects
/// carry a key derived from `context.taskID`, so that the second run changes nothing.
public protocol Job: Sendable {
    /// What the message's keyword arguments decode to. Positional arguments, as a Python caller may send them, are
    /// bound to `parameters` in order first.
    associatedtype Arguments: Codable & Sendable
    /// What the caller gets as the result; `NoOutput` for a job that has none.
    associatedtype Output: Codable & Sendable

    /// Wire name. A rename strands the tasks already queued.
    static var name: TaskName { get }
    /// Names of the positional arguments in order, each a key of `Arguments`. Default: none.
    static var parameters: [String] { get }
    /// The queue for tasks enqueued without one. Default: `background`.
    static var queue: QueueName { get }
    /// How long one attempt may run before its Swift task is cancelled, so that it can clean up, and fails with
    /// `SoftTimeLimitExceeded`. Default: one hour.
    static var timeLimit: Duration { get }
    /// How long one attempt may run at all: then it has failed with `TimeLimitExceeded` although its code may ignore
    /// the cancellation. Its slot is free and its late result is dropped, but no process can stop code that neither
    /// returns nor looks: that goes on, and where it blocks, keeps one of the few threads of Swift's pool. Only a process
    /// of its own (`isolation`) can be killed. Default: 30 s more than `timeLimit`.
    ///
    /// The difference of the two is also how long an attempt may go on that was cancelled for another reason.
    static var hardTimeLimit: Duration { get }
    /// How soon and how often an attempt must call `JobContext.progress`. Default: never.
    static var progress: ProgressDeadlines { get }
    /// What happens after an attempt that threw. Default: three retries, exponential from one second to ten minutes.
    static var retry: RetryPolicy { get }
    /// What happens to a task whose worker died while it held it. Default: it runs again.
    static var afterCrash: CrashPolicy { get }
    /// How many workers may die holding a task of this job before it goes to the dead list; nil for as many as the
    /// worker's configuration allows, which bounds this number, too. Default: nil.
    static var maximumDeliveries: Int? { get }
    /// Whether the code runs in the worker's process or in one of its own. Default: in the worker's.
    static var isolation: JobIsolation { get }
    /// Whether the job writes to `JobContext.output`, whose readers are then told when a task has ended. Default: no.
    static var streamsOutput: Bool { get }
    /// Whether the outcome is stored for the caller. Default: only where `Output` is not `NoOutput`.
    static var storesResult: Bool { get }

    /// How long the outcome is kept for the caller, zero for ever; nil for as long as the worker keeps results
    /// (`WorkerConfiguration.resultExpires`). Default: nil.
    static var resultExpires: Duration? { get }
    /// Whether a state says that an attempt runs (`STARTED`; Celery's `track_started`), at the cost of a round trip
    /// before each. Default: no, unless the worker does for all (`WorkerConfiguration.tracksStart`).
    static var tracksStart: Bool { get }

    /// Does the work.
    ///
    /// Cancelled when the time limit or one for progress passes, somebody cancels the task, the lease is lost or the grace period of a stop
    /// ends; return soon then.
    /// What it throws is judged by `retryAdvice(for:)`, else by the error itself where it is `RetryAdvising`, else by
    /// `retry`.
    func run(_ arguments: Arguments, in context: JobContext) async throws -> Output

    /// What this job makes of an error: whether another attempt follows, when, and whether it is counted.
    ///
    /// Default: nil, which leaves it to the error itself and then to `retry`. An attempt without signs of progress is
    /// judged here, too; one that ran too long or was cancelled is not.
    func retryAdvice(for error: any Error) -> RetryAdvice?
}

extension Job {
    public static var parameters: [String] { [] }
    public static var queue: QueueName { "background" }
    public static var timeLimit: Duration { .seconds(3600) }
    public static var hardTimeLimit: Duration { timeLimit + .seconds(30) }
    public static var progress: ProgressDeadlines { .none }
    public static var retry: RetryPolicy {
        .exponential(base: .seconds(1), cap: .seconds(600), maximumRetries: 3)
    }
    public static var afterCrash: CrashPolicy { .runAgain }
    public static var maximumDeliveries: Int? { nil }
    public static var isolation: JobIsolation { .task }
    public static var streamsOutput: Bool { false }
    public static var storesResult: Bool { Output.self != NoOutput.self }
    public static var resultExpires: Duration? { nil }
    public static var tracksStart: Bool { false }
    public func retryAdvice(for error: any Error) -> RetryAdvice? { nil }
}

/// The output of a job that has none; null on the wire.
public struct NoOutput: Codable, Sendable, Hashable {
    public init() {}
    public init(from decoder: any Decoder) throws {}
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
    }
}

/// The arguments of a job that takes none.
public struct NoArguments: Codable, Sendable, Hashable {
    public init() {}
}
