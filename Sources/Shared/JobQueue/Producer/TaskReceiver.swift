package import Redis

/// Who takes what a producer enqueues where there is no Redis: a test's queue in memory.
package protocol TaskReceiver: Sendable {
    /// The time by its clock, from which delays count.
    var now: WireTime { get }
    /// Takes one task, or says why not.
    func receive(_ task: IncomingTask, in queue: QueueName) -> EnqueueFate
    /// Takes what a canvas begins with, unless its key was seen before.
    ///
    /// - Parameters:
    ///   - canvas: What it comes to.
    ///   - key: Under which it is remembered; nil for none.
    ///   - memory: For how long.
    ///   - queue: Where its tasks go that do not say where, and whose the key is.
    /// - Returns: Whether it was taken.
    func receive(_ canvas: InlinePlan, unlessSeen key: String?, for memory: Duration, in queue: QueueName) -> Bool
    /// Cancels a task.
    func cancel(_ id: TaskID, in queue: QueueName)
    /// Cancels the holder of an ordering key and drops what waits for it.
    func cancelAll(of key: OrderingKey, in queue: QueueName) -> CancelledLane
    /// What a task has written to its output.
    func output(of id: TaskID, in queue: QueueName) -> WrittenOutput
    /// Whether somebody runs its tasks at the moment, so that there may be more of an output.
    var isRunning: Bool { get }
    /// Rings when any task has written output, and when nobody runs tasks any more, until that is cancelled.
    func listenToOutput(_ ring: @escaping @Sendable () -> Void) -> ChannelListening
    /// The results of tasks.
    var results: any ResultSource { get }
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

/// The output of a task as it stands in memory.
package struct WrittenOutput: Sendable {
    package var bytes: [UInt8] = []
    /// Whether no more comes.
    package var isEnded = false
    /// How often it was cut off.
    package var cuts: Int64 = 0
    /// Where it was cut off last.
    package var kept = 0

    package init() {}
}
