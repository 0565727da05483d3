/// Who takes what a producer enqueues where there is no Redis: a test's queue in memory.
package protocol TaskReceiver: Sendable {
    /// The time by its clock, from which delays count.
    var now: WireTime { get }
    /// Takes one task, or says why not.
    func receive(_ task: IncomingTask, in queue: QueueName) -> EnqueueFate
    /// Cancels a task.
    func cancel(_ id: TaskID, in queue: QueueName)
    /// Cancels the holder of an ordering key and drops what waits for it.
    func cancelAll(of key: OrderingKey, in queue: QueueName) -> CancelledLane
    /// What a task has written to its output, and whether no more comes.
    func output(of id: TaskID, in queue: QueueName) -> (bytes: [UInt8], isEnded: Bool)
}

/// A task as a receiver is told of it.
package struct IncomingTask: Sendable {
    package let task: NewTask
    /// As it would stand in Redis.
    package let message: [UInt8]
    /// Not taken where one of these was taken before.
    package let deduplicationKeys: [String]
    /// How long those are remembered.
    package let deduplicationMemory: Duration
    /// Its key is escaped.
    package let uniqueness: Uniqueness?
    package let debounce: Debounce?
}
