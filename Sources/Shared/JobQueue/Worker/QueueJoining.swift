import Logging
import NIOCore
import Redis

/// Enters a life of a worker with one queue, and ends its registration there.
struct QueueJoining: Sendable {
    let incarnation: Incarnation
    let configuration: WorkerConfiguration
    let redis: RedisClient
    let logger: Logger

    /// Registers with a queue that is to be joined while the life goes on, however long Redis is away.
    ///
    /// A registration whose reply was lost may stand or not, since when nobody knows. It is ended first, so that the lease
    /// that counts is one whose beginning is known; nothing is held under it.
    ///
    /// - Parameters:
    ///   - keys: The queue's.
    ///   - isWanted: Whether to go on trying.
    /// - Returns: When the request was sent that registered it; nil where it is not wanted any more.
    func join(_ keys: QueueKeys, while isWanted: () -> Bool) async -> NIODeadline? {
        while isWanted(), !Task.isCancelled {
            let sent = NIODeadline.now()
            do throws(RedisError) {
                if try await register(keys) { return sent }
                // Known before: by a reply that was lost, or since it could not leave. Condemned, it goes with time.
                await leave(keys)
            } catch {
                logger.warning(
                    "cannot join a queue, will be repeated",
                    metadata: ["queue": "\(keys.queue)", "error": "\(error)"]
                )
            }
            // Ends early only by cancellation, which the loop sees.
            try? await Task.sleep(for: .milliseconds(Int64.random(in: 200...600)))
        }
        return nil
    }

    /// - Returns: Whether the queue knows of it since this request.
    /// - Throws: `RedisError` where nobody knows.
    func register(_ keys: QueueKeys) async throws(RedisError) -> Bool {
        let reply = try await redis.evaluate(
            QueueScripts.register,
            keys: [keys.workers],
            arguments: [incarnation.rawValue, configuration.lease.milliseconds],
            timeout: configuration.leaseMargin
        )
        return reply.integer == 1
    }

    /// Gives back whatever Redis still holds for this incarnation and ends its registration. Where Redis does not
    /// answer, reapers do it once the lease has run out.
    func leave(_ keys: QueueKeys, attempts: Int = 1) async {
        for attempt in 1...attempts {
            do throws(RedisError) {
                var left: Int64 = 1
                while left > 0 {
                    let reply = try await redis.evaluate(
                        QueueScripts.leave,
                        keys: [keys.workers, keys.inflight(incarnation), keys.ready, keys.reaped],
                        arguments: [
                            incarnation.rawValue, configuration.lease.milliseconds, keys.prefix,
                            configuration.hasPriorities ? 1 : 0, configuration.batchSize,
                        ],
                        timeout: .seconds(1)
                    )
                    left = reply.integer ?? 0
                }
                return
            } catch {
                // Refused: it had left, by a request whose reply was lost, or its lease is gone.
                if error.prefix == QueueScripts.fenced, attempt > 1 { return }
                logger.info("left without a farewell", metadata: ["queue": "\(keys.queue)", "error": "\(error)"])
            }
        }
    }
}
