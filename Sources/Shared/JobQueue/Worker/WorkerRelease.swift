public import Logging
public import Redis

/// Gives away at once what a dead worker held, instead of when its lease ends.
///
/// For whoever *knows* of the death, such as the parent that waited for the worker's process. A live worker that is
/// released loses its tasks to others while it still works on them.
public struct WorkerRelease: Sendable {
    private let reclaiming: Reclaiming

    /// - Parameters:
    ///   - configuration: The dead worker's: its queues, and the bounds of what becomes of its tasks.
    ///   - redis: A client of the same Redis.
    ///   - logger: Told what was taken.
    public init(configuration: WorkerConfiguration, redis: RedisClient, logger: Logger) {
        reclaiming = Reclaiming(configuration: configuration.fitting(redis), redis: redis, logger: logger)
    }

    /// Puts the tasks of one dead incarnation back to the front of their queues, their delivery count raised.
    ///
    /// Safe to repeat after a failure, at the same time as reapers, and for an incarnation that never registered.
    /// Two round trips per queue and 64 tasks.
    ///
    /// - Parameters:
    ///   - incarnation: One whose process has ended.
    ///   - joined: The queues that it took from besides those of the configuration: `LifeReport.queue`.
    /// - Returns: Whether it was still registered with any queue.
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not answer: what is left waits for the end of the lease.
    @discardableResult
    public func release(
        _ incarnation: Incarnation,
        joined: some Sequence<QueueName> = [QueueName]()
    ) async throws(JobQueueError) -> Bool {
        var wasRegistered = false
        let configured = reclaiming.configuration.queues
        do throws(RedisError) {
            for name in configured + joined.filter({ !configured.contains($0) }) {
                let queue = reclaiming.redis.keys(of: name)
                let reply = try await reclaiming.redis.evaluate(
                    QueueScripts.release,
                    keys: [queue.workers],
                    arguments: [incarnation.rawValue]
                )
                guard reply.integer == 1 else { continue }
                wasRegistered = true
                try await reclaiming.reclaim(from: incarnation.rawValue, queue)
            }
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
        return wasRegistered
    }
}
