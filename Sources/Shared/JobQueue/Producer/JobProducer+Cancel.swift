import Redis

extension JobProducer {
    /// Cancels a task of a queue: one that waits or is scheduled will not run, one that runs has its Swift task
    /// cancelled, on whatever worker. Workers hear of it at once, and with their next beat (two seconds) where a
    /// message of Redis' pub/sub was lost.
    ///
    /// A cancelled task ends with the state `REVOKED`, like one that Celery revokes. One that has ended already stays
    /// as it is. The call returns once the mark is stored, not when the task has ended.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - queue: Where it was enqueued.
    ///   - memory: How long the mark is kept for a task that does not turn up: longer than it can be scheduled ahead.
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not confirm.
    public func cancel(
        _ id: TaskID,
        in queue: QueueName,
        memory: Duration = .seconds(7 * 86_400)
    ) async throws(JobQueueError) {
        if let receiver { return receiver.cancel(id, in: queue) }
        do throws(RedisError) {
            try await QueueControl(redis: redis).cancel(id, in: queue, memory: memory)
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }

    /// Cancels what runs under an ordering key, as ``cancel(_:in:memory:)`` does, and drops what waits for the key.
    ///
    /// A task that is dropped leaves no result. Tasks of the key that have not come to the front of their queue yet are
    /// not found: they run in their turn.
    ///
    /// - Parameters:
    ///   - key: The ordering key.
    ///   - queue: Where its tasks were enqueued.
    ///   - memory: As with the other.
    /// - Returns: What was found, in one step.
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not confirm.
    public func cancelAll(
        of key: OrderingKey,
        in queue: QueueName,
        memory: Duration = .seconds(7 * 86_400)
    ) async throws(JobQueueError) -> CancelledLane {
        if let receiver { return receiver.cancelAll(of: key, in: queue) }
        do throws(RedisError) {
            return try await QueueControl(redis: redis).cancelAll(of: key, in: queue, memory: memory)
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }
}

/// What was found under an ordering key that was cancelled.
public struct CancelledLane: Sendable, Hashable {
    /// The task that held the key, which runs or waits for its retry; nil where there was none.
    public let holder: TaskID?
    /// How many tasks waited for the key and are dropped.
    public let dropped: Int

    package init(holder: TaskID?, dropped: Int) {
        self.holder = holder
        self.dropped = dropped
    }
}
