/// How a worker stands: what Celery's `inspect stats` tells of one.
public struct WorkerStatistics: Sendable, Equatable {
    /// Attempts that began since the worker was made, by the name of their task.
    public let accepted: [TaskName: Int]
    /// Since the worker was made.
    public let uptime: Duration
    /// How many jobs may run at once.
    public let concurrency: Int
    /// How many of these places are taken.
    public let busy: Int
    /// What it takes from.
    public let queues: [QueueName]
    /// Nil where the worker does not scale itself.
    public let autoscaler: AutoscalerReport?
}

/// How a worker that scales itself stands: Celery's `autoscaler` of `inspect stats`.
public struct AutoscalerReport: Sendable, Equatable {
    public let min: Int
    public let max: Int
    /// Places there are.
    public let current: Int
    /// Places that are taken.
    public let quantity: Int
}
