/// A task as it stands in a list: Celery's message protocol 2, read once and kept byte for byte.
///
/// Source: celery.app.amqp (`as_task_v2`) and kombu.transport.virtual for the envelope.
public struct TaskMessage: Sendable {
    /// The envelope exactly as Redis holds it.
    package let raw: [UInt8]
    /// The body's JSON, `[args, kwargs, embed]`, decoded from base64 where it was sent so; where it has another form
    /// (`bodyForm`) the bytes that the message holds of it, in which no arguments are found yet.
    package internal(set) var body: [UInt8]
    package internal(set) var arguments: Range<Int>
    package internal(set) var keywordArguments: Range<Int>
    /// What the headers say of a body that is not plain; an object, as messages are copied often and few have one.
    let otherForm: BodyFormBox?

    public let id: TaskID
    public let name: TaskName
    /// How often the task was retried already.
    public let retries: Int
    /// How often it was put off without spending a retry; nil for never.
    package let putOffs: PutOffs?
    /// Not to run before this time.
    public let eta: WireTime?
    /// Not to run after this time.
    public let expires: WireTime?
    public let timeLimit: TaskTimeLimit
    public let rootID: TaskID?
    public let parentID: TaskID?
    public let groupID: String?
    /// Its place among the tasks of its group.
    package let groupIndex: Int64?
    /// How often a task of its id was replaced by others before.
    let replacedTaskNesting: Int
    /// What follows it; nil for nothing.
    var workflow: Workflow?
    /// Whether the caller wants no result stored; nil leaves it to the job.
    public let ignoresResult: Bool?

    /// What it has in common with the tasks that must not run beside it.
    public let orderingKey: OrderingKey?
    /// Whether another than our producers wrote it (header `lang`).
    package let isForeign: Bool
    /// When it was enqueued, where its producer says so.
    package let enqueuedAt: WireTime?
    /// The unique key that it has.
    package let uniqueKey: String?
    /// Whether the unique key is free once the task begins, not only once it has ended.
    package let isUniqueUntilStart: Bool

    /// Whether `body` came from another form, or from elsewhere, and is not what stands in `raw`.
    var isBodyChanged = false

    /// What has to be done before the body can be read; nil where it can.
    package var bodyForm: BodyForm? { isBodyChanged ? nil : otherForm?.form }
    /// What the key of the body ends in, where it stands in one.
    package var bodyReference: String? { otherForm?.form.reference }

    /// Whether an earlier attempt of the task has ended.
    var isRepeated: Bool { retries > 0 || putOffs != nil }

    /// Whether nothing stands in the positional arguments.
    package var hasNoArguments: Bool { arguments.count <= 2 }
}

/// How long an attempt of a task may take, in seconds on the wire: `[hard, soft]` in that order.
public struct TaskTimeLimit: Sendable, Hashable {
    /// After this it has failed, whatever its code does.
    public var hard: Duration?
    /// After this it is cancelled.
    public var soft: Duration?

    public init(hard: Duration? = nil, soft: Duration? = nil) {
        self.hard = hard
        self.soft = soft
    }
}

/// Why a list element is no task that a worker can run. Goes to the dead list with the message.
package struct UnreadableMessage: Error, Equatable, CustomStringConvertible {
    package enum Reason: Equatable, Sendable {
        case notJSON, noHeaders, noTaskName, noID, noBody, badBody, badDate, badTimeLimit
        case contentType(String)
        case bodyEncoding(String)
        case workflow
    }

    package let reason: Reason
    /// The task's id where it could be read, so that its caller can be told.
    package var id: TaskID?
    package var name: TaskName?
    /// Whether its caller wants to be told nothing.
    package var ignoresResult = false

    /// Says what is wrong in a sentence; holds no part of the body.
    package var description: String {
        switch reason {
        case .notJSON: "the message is not a JSON object"
        case .noHeaders: "the message has no headers"
        case .noTaskName: "the message names no task (header `task`)"
        case .noID: "the message has no id (header `id`)"
        case .noBody: "the message has no body"
        case .badBody: "the body is not a JSON array of arguments, keyword arguments and embed"
        case .badDate: "`eta` or `expires` is no ISO 8601 date"
        case .badTimeLimit: "`timelimit` is not an array of two"
        case .contentType(let type): "content type \(type) is not accepted, only application/json"
        case .bodyEncoding(let encoding): "body encoding \(encoding) is not known, only base64 or none"
        case .workflow: "its callbacks, the rest of its chain or its chord cannot be read"
        }
    }

    /// Celery's name for the error, for the stored result.
    package var exceptionType: String {
        if case .contentType = reason { "ContentDisallowed" } else { "DecodeError" }
    }
}
