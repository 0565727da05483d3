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
        var dead = 0
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
            let buried = (reply[2]?.array ?? []).compactMap(\.bytes)
            dead += buried.count
            for message in buried { await tellEnd(of: message, queue) }
            if reply[0]?.integer ?? 0 == 0 { break }
        }
        logger.warning(
            "took the tasks of a dead worker",
            metadata: [
                "queue": "\(queue.queue)", "worker": "\(incarnation)", "put_back": "\(back)", "dead": "\(dead)",
            ]
        )
    }

    /// What the last worker of a task would have done as it ended for good: its caller gets the failure, its readers
    /// the end of its output, and its steps go. What Redis does not take here goes by its age.
    private func tellEnd(of raw: [UInt8], _ queue: QueueKeys) async {
        guard let message = try? TaskMessage(decoding: raw) else { return }
        let failure = TaskFailure.workersLost(configuration.maximumDeliveries)
        do throws(RedisError) {
            if message.ignoresResult != true {
                _ = try await redis.evaluate(
                    QueueScripts.storeResult,
                    keys: [ResultKeys.result(of: message.id)],
                    arguments: [
                        configuration.resultExpires.milliseconds,
                        TaskResult.failure(message, failure, at: WireTime.now),
                    ]
                )
            }
            _ = try await redis.send(RedisCommand("DEL", queue.journal(of: message.id)))
            _ = try await redis.evaluate(
                QueueScripts.abandonOutput,
                keys: [queue.output(of: message.id), queue.outputState(of: message.id)],
                arguments: [configuration.outputExpires.milliseconds, queue.outputChannel(of: message.id)]
            )
        } catch {
            logger.warning("nobody was told of the end of a task", metadata: ["error": "\(error)"])
        }
    }
}
