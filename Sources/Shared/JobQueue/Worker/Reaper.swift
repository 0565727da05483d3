import Logging
import Redis

/// Gives away what dead workers held. Every worker is one; the scripts make it safe that several look at once.
struct Reaper: Sendable {
    let queues: [QueueKeys]
    let configuration: WorkerConfiguration
    let redis: RedisClient
    let logger: Logger
    /// What tasks hold is looked after about twice a minute.
    private static let looksPerAudit = 30
    /// The most messages that a look for bodies without a task reads, and the most bodies that it asks about.
    private static let messagesPerSweep = 10_000
    private static let bodiesPerSweep = 1_000
    /// Queues are counted about every five seconds.
    private static let looksPerSurvey = 5
    /// What Python workers left is looked for about every ten seconds.
    private static let looksPerSweep = 10

    /// Looks about once a second until cancelled.
    func run() async {
        var audits = queues.map { HolderAudit(queue: $0, redis: redis, logger: logger) }
        var surveyors = queues.map {
            QueueSurveyor(queue: $0, hasPriorities: configuration.hasPriorities, redis: redis, logger: logger)
        }
        let sweep = UnackedSweep(
            queues: queues,
            timeout: configuration.visibilityTimeout,
            redis: redis,
            logger: logger
        )
        var looks = 0
        while !Task.isCancelled {
            looks += 1
            for (index, queue) in queues.enumerated() {
                do throws(RedisError) {
                    try await reap(queue)
                    if looks % Self.looksPerSurvey == 1 { try await surveyors[index].look() }
                    if looks.isMultiple(of: Self.looksPerAudit) {
                        try await audits[index].look()
                        try await expireDeadLetters(of: queue)
                        try await sweepBodies(of: queue)
                    }
                } catch {
                    logger.debug("could not look for dead workers", metadata: ["error": "\(error)"])
                }
            }
            if looks % Self.looksPerSweep == 1, configuration.hasPriorities {
                do throws(RedisError) {
                    try await sweep.look()
                } catch {
                    logger.debug("could not look for unacknowledged messages", metadata: ["error": "\(error)"])
                }
            }
            // Ends early only by cancellation, which the loop sees.
            try? await Task.sleep(for: .milliseconds(Int64.random(in: 800...1200)))
        }
    }

    /// Removes dead letters that are too old, some at a time: the next look goes on.
    func expireDeadLetters(of queue: QueueKeys) async throws(RedisError) {
        let latest = WireTime.now.advanced(by: .zero - configuration.deadLetterExpires)
        _ = try await redis.evaluate(
            QueueScripts.expireDead,
            keys: [queue.dead],
            arguments: [latest.text, 100, queue.prefix]
        )
    }

    /// Removes bodies that no task has any more; looks once in a while over the fleet.
    ///
    /// - Parameters:
    ///   - queue: The queue.
    ///   - age: How old a body is at least; by default longer than what a Python worker took and died with is away.
    /// - Returns: How many were removed.
    /// - Throws: `RedisError` where Redis did not answer.
    @discardableResult
    func sweepBodies(of queue: QueueKeys, olderThan age: Duration? = nil) async throws(RedisError) -> Int {
        let age = age ?? max(.seconds(7_200), configuration.visibilityTimeout * 2)
        let reply = try await redis.evaluate(
            QueueScripts.sweepBodies,
            keys: [queue.bodies, queue.bodiesSwept],
            arguments: [
                queue.prefix, queue.ready, configuration.hasPriorities ? 1 : 0, age.milliseconds, 600_000,
                Self.messagesPerSweep, Self.bodiesPerSweep,
            ]
        )
        let removed = Int(max(0, reply.integer ?? 0))
        if removed > 0 {
            logger.warning(
                "removed bodies whose tasks are gone",
                metadata: ["queue": "\(queue.queue)", "count": "\(removed)"]
            )
        }
        return removed
    }

    func reap(_ queue: QueueKeys) async throws(RedisError) {
        let reply = try await redis.evaluate(
            QueueScripts.look,
            keys: [queue.workers, queue.reaped],
            arguments: [configuration.lease.milliseconds, 16]
        )
        let reclaiming = Reclaiming(configuration: configuration, redis: redis, logger: logger)
        for incarnation in (reply.array ?? []).compactMap(\.string) {
            try await reclaiming.reclaim(from: incarnation, queue)
        }
    }
}
