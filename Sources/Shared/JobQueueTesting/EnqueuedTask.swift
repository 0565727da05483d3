import FoundationEssentials
import JSON
public import JobQueue

/// A task as code under test enqueued it.
public struct EnqueuedTask<Arguments: Decodable & Sendable>: Sendable {
    public let id: TaskID
    public let arguments: Arguments
    public let queue: QueueName
    /// When it was enqueued, by the queue's clock.
    public let time: WireTime
    /// Not to run before this; nil for at once.
    public let due: WireTime?
    /// Not to run after this.
    public let expires: WireTime?
    public let priority: Int
    public let orderingKey: OrderingKey?
    public let whileBusy: LanePolicy
    public let limits: [LimitName: Int]
    public let fairnessKey: FairnessKey?
    /// Its own, where it has any.
    public let timeLimit: TaskTimeLimit
    public let uniqueness: Uniqueness?
    public let debounce: Debounce?
    public let deduplicationKey: String?
    public let parentID: TaskID?
    public let rootID: TaskID?
    /// The group, or the header of a chord, that it belongs to; nil for none.
    public let groupID: TaskID?
    /// What `EnqueueMiddleware` added.
    public let headers: [String: String]

    /// How long it waits, counted from when it was enqueued; nil for not at all.
    public var delay: Duration? { due.map { .milliseconds($0.milliseconds - time.milliseconds) } }

    /// - Throws: Where the arguments are not these.
    init(_ record: QueueMemory.Record, parameters: [String]) throws {
        let task = record.task
        id = task.id
        arguments = try task.arguments(as: Arguments.self, parameters: parameters)
        queue = task.queue
        time = record.time
        due = record.due
        expires = task.expires
        priority = task.priority
        orderingKey = task.orderingKey
        whileBusy = task.whileBusy
        limits = task.limits
        fairnessKey = task.fairnessKey
        timeLimit = task.timeLimit
        uniqueness = record.incoming.uniqueness
        debounce = record.incoming.debounce
        deduplicationKey = record.incoming.deduplicationKeys.first
        parentID = task.parentID
        rootID = task.rootID
        groupID = task.groupID.map { TaskID($0) }
        headers = Dictionary(task.headers.map { ($0.key, $0.value.string ?? $0.value.text) }, uniquingKeysWith: { $1 })
    }
}
