import Redis

/// How a worker works. The defaults suit jobs that wait on networks.
public struct WorkerConfiguration: Sendable {
    /// The queues to take from, the most urgent first.
    public var queues: [QueueName]
    /// How they share the places for running jobs where these are short.
    public var queueOrder: QueueOrder = .weighted([])
    /// How many jobs run at once in this process, over all queues.
    public var concurrency: Int
    /// Between how many and how many at once where the worker scales itself by its load, beginning with the fewest; nil
    /// where `concurrency` says how many. Also while it runs: `JobWorker.tuning`.
    public var autoscale: ClosedRange<Int>?
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
    /// How long results, and the keys of chords, are kept; zero for ever. Celery's `result_expires`.
    public var resultExpires: Duration = .seconds(86_400)
    /// How long failures are kept, in place of what their jobs and `resultExpires` say; Celery's
    /// `result_failure_expires`.
    public var resultFailureExpires: Duration?
    /// Whether results also tell the task's name, arguments, worker, retries, queue and stamps; Celery's
    /// `result_extended`. Arguments that are encrypted in the message are left out.
    public var extendsResults = false
    /// Whether each attempt is told of as it begins (`STARTED`); Celery's `task_track_started`.
    public var tracksStart = false
    /// Whether monitors are told of each task that this worker puts into a queue (`task-sent`): what its jobs enqueue and
    /// call, what follows from a task, and its retries; Celery's `task_send_sent_event`.
    public var announcesTasks = false
    /// How old what a Python worker took and has not acknowledged must be to be put back: Celery's `visibility_timeout`,
    /// the same on all workers. What our own workers hold is theirs for as long as their lease stands.
    public var visibilityTimeout: Duration = .seconds(3600)
    /// How often a task that no job is registered for is put back behind what waits, for other kinds of workers on the
    /// queue, before it has failed as `NotRegistered`; 0 for never.
    public var unknownTaskRequeues: Int = 0
    /// Whether kombu's keys beside the queue's are looked at: its lists by priority, and what is not acknowledged. Not on
    /// a Redis Cluster, where these lie elsewhere.
    var hasPriorities = true
    /// How long the results of a task's steps are kept after the latest one, should the task not end before.
    public var journalExpires: Duration = .seconds(7 * 86_400)
    /// How long a task's output is kept after the latest write to it.
    public var outputExpires: Duration = .seconds(86_400)
    /// Most tasks completed, and most fetched, in one step. Small enough that others wait little.
    public var batchSize: Int = 64
    /// What it shows to Celery's tools, and lets them do.
    public var remoteControl = RemoteControlConfiguration()

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

    /// The same with a name of its own where it has none, so that results, events and remote control speak of one node.
    func named() -> WorkerConfiguration {
        var copy = self
        copy.remoteControl.nodeName = copy.remoteControl.nodeName ?? .unique()
        return copy
    }

    /// What the worker is called in results, events and remote control. `JobWorker` gives every worker a name; Celery's
    /// default stands where an attempt runs without one, as in tests.
    var nodeName: NodeName { remoteControl.nodeName ?? NodeName("celery") }
}

extension JobProducer {
    /// The producer of a worker's jobs: what it publishes is kept, told and described as the worker's own.
    func following(_ configuration: WorkerConfiguration) -> JobProducer {
        var copy = self
        copy.resultExpires = configuration.resultExpires
        copy.announcesTasks = configuration.announcesTasks
        copy.extendsResults = configuration.extendsResults
        copy.failureExpires = configuration.resultFailureExpires
        return copy
    }
}
