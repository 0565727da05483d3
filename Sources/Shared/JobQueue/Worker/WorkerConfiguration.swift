import Redis

/// How a worker works. The defaults suit jobs that wait on networks.
public struct WorkerConfiguration: Sendable {
    /// The queues to take from, the most urgent first.
    public var queues: [QueueName]
    /// How they share the places for running jobs where these are short.
    public var queueOrder: QueueOrder = .weighted([])
    /// How many jobs run at once in this process, over all queues.
    public var concurrency: Int
    /// How long Redis keeps a silent worker's jobs for it.
    public var lease: Duration = .seconds(10)
    /// Time between two renewals of the lease.
    public var beat: Duration = .seconds(2)
    /// How long before the end of its lease a worker without confirmation falls silent.
    public var leaseMargin: Duration = .seconds(2)
    /// How long running jobs may go on after a stop was asked for; then they are cancelled and given back.
    public var gracePeriod: Duration = .seconds(30)
    /// How many workers may die holding a task before it goes to the dead list.
    public var maximumDeliveries: Int = 5
    /// How many dead letters a queue keeps; the oldest go first.
    public var deadLetterLimit: Int = 10_000
    /// How long dead letters are kept.
    public var deadLetterExpires: Duration = .seconds(90 * 86_400)
    /// How long results are kept; Celery's `result_expires`.
    public var resultExpires: Duration = .seconds(86_400)
    /// How old what a Python worker took and has not acknowledged must be to be put back: Celery's `visibility_timeout`,
    /// the same on all workers. What our own workers hold is theirs for as long as their lease stands.
    public var visibilityTimeout: Duration = .seconds(3600)
    /// Whether kombu's keys beside the queue's are looked at: its lists by priority, and what is not acknowledged. Not on
    /// a Redis Cluster, where these lie elsewhere.
    var hasPriorities = true
    /// How long the results of a task's steps are kept after the latest one, should the task not end before.
    public var journalExpires: Duration = .seconds(7 * 86_400)
    /// How long a task's output is kept after the latest write to it.
    public var outputExpires: Duration = .seconds(86_400)
    /// Most tasks completed, and most fetched, in one step. Small enough that others wait little.
    public var batchSize: Int = 64

    public init(queues: [QueueName], concurrency: Int = 200) {
        self.queues = queues
        self.concurrency = concurrency
    }

    /// The same for workers on this Redis.
    func fitting(_ redis: RedisClient) -> WorkerConfiguration {
        var copy = self
        copy.hasPriorities = redis.configuration.hasPriorityLists
        return copy
    }
}
