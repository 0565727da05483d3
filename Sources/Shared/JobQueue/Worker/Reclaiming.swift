import Logging
import Redis

/// Takes what a condemned worker held, in batches. Safe to be done by several at once, and to be left half done.
struct Reclaiming: Sendable {
    let configuration: WorkerConfiguration
    let redis: RedisClient
    let logger: Logger

    /// Puts the worker's tasks back to the front of `queue`.
    func reclaim(from incarnation: String, _ queue: QueueKeys) async throws(RedisError) {
        var back: Int64 = 0
        while true {
            let reply = try await redis.evaluate(
                QueueScripts.reclaim,
                keys: [queue.workers, queue.inflight(incarnation), queue.ready, queue.deliveries],
                arguments: [
                    incarnation, configuration.batchSize, queue.prefix, configuration.hasPriorities ? 1 : 0,
                ]
            )
            back += reply[1]?.integer ?? 0
            if reply[0]?.integer ?? 0 == 0 { break }
        }
        logger.warning(
            "took the tasks of a dead worker",
            metadata: ["queue": "\(queue.queue)", "worker": "\(incarnation)", "put_back": "\(back)"]
        )
    }
}
