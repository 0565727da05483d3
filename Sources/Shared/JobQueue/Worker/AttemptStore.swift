package import Redis

/// What attempts keep beside their task: the results of steps, output, what they absorb.
///
/// Redis in production; memory where a test runs jobs. What writes is refused once the attempt may not any more.
package protocol AttemptStore: Sendable {
    /// The stored result of a step; nil where there is none.
    ///
    /// - Throws: `RedisError`, as all here that read.
    func step(_ name: String, of id: TaskID) async throws(RedisError) -> [UInt8]?
    /// Stores the result of a step, once.
    ///
    /// - Returns: false where the task has as many steps as are kept.
    /// - Throws: `JobQueueError`, as all here that write: `.leaseLost` where the attempt is over, `.unavailable` where
    ///   nothing was confirmed in time.
    func record(_ result: [UInt8], of step: String, by attempt: AttemptIdentity) async throws(JobQueueError) -> Bool

    /// Stores a state that is no end of a task, and tells who waits for that. A life of zero is for ever.
    /// Where Redis does not answer it is tried again until `patience` is over; nil for as long as a lease.
    ///
    /// - Returns: false where a final one stands already.
    func setState(
        _ text: [UInt8],
        life: Duration,
        by attempt: AttemptIdentity,
        patience: Duration?
    ) async throws(JobQueueError) -> Bool

    /// How long the output of a task is, in bytes.
    func outputLength(of id: TaskID) async throws(RedisError) -> Int
    /// All of the output of a task.
    func output(of id: TaskID) async throws(RedisError) -> [UInt8]
    /// Adds to the output where its writer believes the end to be.
    func append(_ bytes: [UInt8], at place: Int, by attempt: AttemptIdentity) async throws(JobQueueError) -> OutputWrite
    /// Cuts off what stands behind a place.
    func cutOutput(to place: Int, by attempt: AttemptIdentity) async throws(JobQueueError) -> OutputWrite
    /// Tells the readers that no more comes.
    func endOutput(by attempt: AttemptIdentity) async throws(RedisError)

    /// Hands over tasks of the same name that wait for an ordering key, under tags from `first` on.
    func absorb(
        _ key: OrderingKey,
        as name: TaskName,
        from first: Int64,
        atMost most: Int,
        by attempt: AttemptIdentity
    ) async throws(JobQueueError) -> [[UInt8]]
    /// Lets another task have a unique key, if it is this one's.
    func freeUnique(_ key: String, of id: TaskID) async throws(RedisError)
    /// Puts the task behind all that waits in its queue, in this text; nothing is held of it then.
    func putBehind(_ message: [UInt8], by attempt: AttemptIdentity) async throws(JobQueueError)
    /// A body that stands in a key of its own; nil where there is none.
    func body(_ reference: String, bytes: Int) async throws(RedisError) -> [UInt8]?
}

extension AttemptStore {
    /// Where there are no others to put it back for.
    package func putBehind(_ message: [UInt8], by attempt: AttemptIdentity) async throws(JobQueueError) {
        throw JobQueueError(.unavailable, task: nil, cause: nil)
    }
}

/// Who writes: a task, and the delivery of it.
package struct AttemptIdentity: Sendable, Hashable {
    package let id: TaskID
    package let tag: Int64
}

/// What became of a write to an output.
package enum OutputWrite: Sendable, Hashable {
    /// It is so long now, in bytes.
    case written(Int)
    /// It is not as the writer believed.
    case moved
    /// It would grow over its bound.
    case tooLarge
}
