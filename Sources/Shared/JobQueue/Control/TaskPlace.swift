package import JSON

/// Where a task is.
public enum TaskPlace: Sendable {
    /// `position` counts from 1, the next one of its priority or its fairness key first.
    case ready(QueueName, position: Int, QueuedMessage)
    /// Waits for its ordering key; `position` counts from 1, the next of that key first.
    case parked(QueueName, OrderingKey, position: Int, QueuedMessage)
    /// Waits for a limit; `position` counts from 1, the next for that limit first.
    case limited(QueueName, limit: String, position: Int, QueuedMessage)
    case inFlight(QueueName, worker: String, QueuedMessage)
    case scheduled(QueueName, ScheduledTask)
    case dead(QueueName, DeadLetterEntry)

    /// The task as it stands there.
    public var message: QueuedMessage {
        switch self {
        case .ready(_, _, let message), .parked(_, _, _, let message), .limited(_, _, _, let message),
            .inFlight(_, _, let message):
            message
        case .scheduled(_, let task): task.message
        case .dead(_, let letter): letter.message
        }
    }
}

/// The state of a task as Celery's clients see it (`celery-task-meta-<id>`).
public struct TaskState: Sendable, Equatable {
    /// `SUCCESS`, `FAILURE`, `RETRY`, `REVOKED`; nil where the text could not be read.
    public let status: String?
    public let done: String?
    /// What the job returned, or the exception.
    package let result: JSONValue?
    /// The task that it follows from.
    let parent: TaskID?
    let group: String?
    let children: [ResultReference]

    init(reading bytes: [UInt8]) {
        let value = try? CeleryJSON.parse(bytes)
        status = value?["status"]?.string
        done = value?["date_done"]?.string
        result = value?["result"]
        parent = value?["parent_id"]?.string.map { TaskID($0) }
        group = value?["group_id"]?.string
        children = (value?["children"]?.array ?? []).compactMap { ResultReference($0) }
    }

    /// Whether the task will not run again.
    public var isFinal: Bool { status == "SUCCESS" || status == "REVOKED" }
}

/// What a search for a task came to.
public struct TaskFinding: Sendable {
    /// Nil where it is in none of the queues, or was not found within the bound.
    public let place: TaskPlace?
    public let state: TaskState?
    /// Whether every place was looked through to its end; else the task may be beyond the bound.
    public let isComplete: Bool
}
