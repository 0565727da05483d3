public import JSON

/// How one attempt ended.
package enum Outcome: Sendable {
    /// The job returned; the JSON of its value.
    case succeeded(result: [UInt8])
    /// The job failed for good; `isBuried` where a dead letter is written.
    case failed(TaskFailure, isBuried: Bool = true)
    /// Another attempt follows; `spending` is 0 where this one is not counted.
    case retry(after: Duration, spending: Int, TaskFailure)
    /// Another attempt follows, this one is not counted, and the limit hands out nothing meanwhile.
    case rest(LimitName, for: Duration, TaskFailure)
    /// Others take the task's place.
    case replaced(by: Signature)
    /// The job wants no outcome.
    case ignored
    /// Somebody cancelled the task while it ran.
    case cancelled
    /// The message goes back untouched: the worker stops, and cut it off.
    case givenBack
    /// The message goes back untouched: the worker stops, and the job gave it back.
    case returned
    /// The worker may no longer speak for the task.
    case abandoned
}

/// A failure as Celery stores it (celery.backends.base, `prepare_exception`).
public struct TaskFailure: Error, Sendable, Hashable {
    public let type: String
    /// Seen by the task's caller: no secrets.
    public let message: String
    public let module: String
    /// What the exception's constructor is given on Python's side; nil for the message alone.
    public let arguments: [JSONValue]?

    public init(type: String, message: String, module: String = "jobqueue", arguments: [JSONValue]? = nil) {
        self.type = type
        self.message = message
        self.module = module
        self.arguments = arguments == [.string(message)] ? nil : arguments
    }

    /// The failure that an error stands for: its type's name and what it says of itself.
    init(_ error: any Error) {
        if let failure = error as? TaskFailure {
            self = failure
        } else if let error = error as? any TaskFailureConvertible {
            self = error.taskFailure
        } else if let failure = (error as? ChildFailure)?.failure ?? (error as? ChildProcessLost)?.failure {
            self = failure
        } else {
            self.init(type: "\(Swift.type(of: error))", message: "\(error)")
        }
    }

    /// No job has this name here.
    static func notRegistered(_ name: TaskName) -> TaskFailure {
        TaskFailure(type: "NotRegistered", message: "'\(name)'", module: "celery.exceptions")
    }

    /// The task was not run, or not to its end; `reason` in Celery's words.
    static func revoked(_ reason: String) -> TaskFailure {
        TaskFailure(type: "TaskRevokedError", message: reason, module: "celery.exceptions")
    }

    /// The attempt was cancelled for its length, and heeded it. billiard raises it without arguments.
    static func softTimeLimit(_ limit: Duration) -> TaskFailure {
        TaskFailure(
            type: "SoftTimeLimitExceeded",
            message: "ran longer than \(limit.secondsText)",
            module: "billiard.exceptions",
            arguments: []
        )
    }

    /// The task was put off so often, or for so long, that nobody should wait any more.
    static func putOffLimit(_ putOffs: PutOffs?, _ delay: Duration, _ last: TaskFailure) -> TaskFailure {
        let past = putOffs.map { "put off \($0.count) times since \($0.since.text)" } ?? "never put off"
        return TaskFailure(
            type: "PutOffLimitExceeded",
            message: "\(past), and not for another \(delay.secondsText); at last: \(last.type): \(last.message)"
        )
    }

    /// Workers died while they held the task.
    static func workersLost(_ count: Int) -> TaskFailure {
        TaskFailure(
            type: "WorkerLostError",
            message: count == 1
                ? "a worker died while it held this task" : "\(count) workers died while they held this task",
            module: "billiard.exceptions"
        )
    }

    /// The attempt was ended over the head of its code. billiard's argument is the limit in seconds.
    static func hardTimeLimit(_ limit: Duration) -> TaskFailure {
        let isWhole = limit.milliseconds.isMultiple(of: 1000)
        return TaskFailure(
            type: "TimeLimitExceeded",
            message: "ran longer than \(limit.secondsText) and did not end when it was cancelled",
            module: "billiard.exceptions",
            arguments: [isWhole ? .integer(limit.milliseconds / 1000) : .double(Double(limit.milliseconds) / 1000)]
        )
    }
}

extension Duration {
    /// Such as `30 s` or `0.5 s`.
    var secondsText: String {
        milliseconds.isMultiple(of: 1000) ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s"
    }
}
