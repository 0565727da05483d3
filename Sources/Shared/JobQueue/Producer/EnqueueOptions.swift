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
    /// With whose tasks it takes turns where several wait; none by default. Not beside a priority of 3 and above.
    public var fairnessKey: FairnessKey?
    /// 0, the most urgent and the default, to 9: as on Celery's Redis transport. Tasks of 0 to 2 go before those of 3
    /// to 5, these before 6 to 8, and these before 9. Counts for nothing on a Redis Cluster.
    public var priority: Int
    /// The limits that it counts for besides its task's own, each with the units it is thought to cost.
    public var limits: [LimitName: Int]
    /// Nothing is added while another task has its unique key.
    public var uniqueness: Uniqueness?
    /// It takes the place of a task of this key that still waits for its time, and waits itself.
    public var debounce: Debounce?
    /// Not to run before this moment; in place of `delay`.
    public var eta: WireTime?
    /// Not to run after this moment; in place of `expiresAfter`.
    public var expires: WireTime?
    /// The name to show in logs, events and tools instead of the task's own.
    public var shadow: String?
    /// Further headers of the message, which all its attempts carry and Celery's workers see, too; jobs read them with
    /// `JobContext.header`. Names that the protocol uses are passed over.
    public var headers: [String: String] = [:]
    /// Marks by name, each with its values, which Celery's tools know as stamps; jobs read them in `JobContext.details`.
    public var stamps: [String: [String]] = [:]
    /// Where the caller waits for answers, for jobs that send any.
    public var replyTo: String?
    /// How long an attempt may take, in whole milliseconds; what is nil is the job's own.
    public var timeLimit: TaskTimeLimit
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
        fairnessKey: FairnessKey? = nil,
        priority: Int = 0,
        limits: [LimitName: Int] = [:],
        uniqueness: Uniqueness? = nil,
        debounce: Debounce? = nil,
        timeLimit: TaskTimeLimit = TaskTimeLimit(),
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
        self.fairnessKey = fairnessKey
        self.priority = priority
        self.limits = limits
        self.uniqueness = uniqueness
        self.debounce = debounce
        self.timeLimit = timeLimit
        self.taskID = taskID
        self.parentID = parentID
        self.rootID = rootID
    }
}

/// What became of a task that was enqueued.
public struct EnqueueReceipt: Sendable, Hashable {
    public let taskID: TaskID
    /// Its deduplication key was seen before, or another task has its unique key: nothing was added.
    public let isDuplicate: Bool
    /// The task that has its unique key.
    public let existing: TaskID?
}
