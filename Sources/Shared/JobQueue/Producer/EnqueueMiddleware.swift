import JSON

/// Something to be done to every task as it is enqueued, such as writing the trace that it belongs to.
///
/// Given to `JobProducer`, and to `JobWorker` for what its jobs enqueue; called in order, before the message is
/// written. A producer without any pays nothing for them.
public protocol EnqueueMiddleware: Sendable {
    /// May add headers. Must not block.
    func prepare(_ task: inout OutgoingTask)
}

/// A task that is about to be enqueued.
public struct OutgoingTask: Sendable {
    public let id: TaskID
    public let name: TaskName
    public let queue: QueueName
    /// Further headers of the message, which all its attempts carry and Celery's workers see, too. Names that the
    /// protocol uses are not overwritten.
    public var headers: [String: String] = [:]
}

extension NewTask {
    /// The task with what `middleware` adds.
    func prepared(by middleware: [any EnqueueMiddleware]) -> NewTask {
        var outgoing = OutgoingTask(id: id, name: name, queue: queue)
        for each in middleware { each.prepare(&outgoing) }
        var task = self
        for header in outgoing.headers.sorted(by: { $0.key < $1.key }) {
            task.add(header: header.key, .string(header.value))
        }
        return task
    }

    /// Headers of protocol 2 and our own.
    static let ownHeaders: Set = [
        "lang", "task", "id", "shadow", "eta", "expires", "group", "group_index", "retries", "timelimit", "root_id",
        "parent_id", "argsrepr", "kwargsrepr", "origin", "ignore_result", "replaced_task_nesting", "stamped_headers",
        "stamps", "compression", "ordering_key", "while_busy", "put_offs", "requeues", "redelivered", "enqueued_at",
        "limits", "unique_key",
        "unique_until", "encryption", "encryption_key", "body_ref", "body_bytes",
    ]
}
