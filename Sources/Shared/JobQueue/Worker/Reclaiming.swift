import Logging
import Redis

/// Takes what a condemned worker held, in batches. Safe to be done by several at once, and to be left half done.
struct Reclaiming: Sendable {
    let configuration: WorkerConfiguration
    let redis: RedisClient
    let logger: Logger

    /// Puts the worker's tasks back to the front of `queue`, or where too many died of them to its dead list.
    func reclaim(from incarnation: String, _ queue: QueueKeys) async throws(RedisError) {
        var back: Int64 = 0
        var dead: Int64 = 0
        while true {
            let reply = try await redis.evaluate(
                QueueScripts.reclaim,
                keys: [queue.workers, queue.inflight(incarnation), queue.ready, queue.deliveries, queue.dead],
                arguments: [
                    incarnation, configuration.maximumDeliveries, configuration.batchSize,
                    configuration.deadLetterLimit, WireTime.now.text, queue.prefix,
                    configuration.hasPriorities ? 1 : 0,
                ]
            )
            back += reply[1]?.integer ?? 0
            dead += reply[2]?.integer ?? 0
            if reply[0]?.integer ?? 0 == 0 { break }
        }
        logger.warning(
            "took the tasks of a dead worker",
            metadata: [
                "queue": "\(queue.queue)", "worker": "\(incarnation)", "put_back": "\(back)", "dead": "\(dead)",
            ]
        )
    }
}
