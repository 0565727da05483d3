/// What may be said of one task when it is enqueued; everything has a default.
public struct EnqueueOptions: Sendable {
    /// Where it goes; the job's own queue by default.
    public var queue: QueueName?
    /// Not to run before this much time has passed.
    public var delay: Duration?
    /// Not to run once this much time has passed.
    public var expiresAfter: Duration?
    /// Tasks with a key that was seen within the last 24 hours are not added again.
    public var deduplicationKey: String?
    /// What tasks have in common that must run one at a time and in their order; none by default.
    public var orderingKey: OrderingKey?
    /// What happens where another task of the ordering key runs when its turn comes; by default it waits.
    public var whileBusy: LanePolicy
    /// The task's id; a random UUID by default. Give one to make enqueueing repeatable.
    public var taskID: TaskID?
    /// The task this one follows from.
    public var parentID: TaskID?
    public var rootID: TaskID?

    public init(
        queue: QueueName? = nil,
        delay: Duration? = nil,
        expiresAfter: Duration? = nil,
        deduplicationKey: String? = nil,
        orderingKey: OrderingKey? = nil,
        whileBusy: LanePolicy = .queue,
        taskID: TaskID? = nil,
        parentID: TaskID? = nil,
        rootID: TaskID? = nil
    ) {
        self.queue = queue
        self.delay = delay
        self.expiresAfter = expiresAfter
        self.deduplicationKey = deduplicationKey
        self.orderingKey = orderingKey
        self.whileBusy = whileBusy
        self.taskID = taskID
        self.parentID = parentID
        self.rootID = rootID
    }
}

/// What became of a task that was enqueued.
public struct EnqueueReceipt: Sendable, Hashable {
    public let taskID: TaskID
    /// Its deduplication key was seen before: nothing was added.
    public let isDuplicate: Bool
}
