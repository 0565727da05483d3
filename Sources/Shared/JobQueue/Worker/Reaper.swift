import Logging
import Redis

/// Gives away what dead workers held. Every worker is one; the scripts make it safe that several look at once.
struct Reaper: Sendable {
    /// The queues to look after, which may change.
    let queues: @Sendable () -> [QueueKeys]
    let configuration: WorkerConfiguration
    let redis: RedisClient
    let logger: Logger

    init(
        configuration: WorkerConfiguration,
        redis: RedisClient,
        logger: Logger,
        queues: @escaping @Sendable () -> [QueueKeys]
    ) {
        self.queues = queues
        self.configuration = configuration
        self.redis = redis
        self.logger = logger
    }

    init(queues: [QueueKeys], configuration: WorkerConfiguration, redis: RedisClient, logger: Logger) {
        self.init(configuration: configuration, redis: redis, logger: logger) { queues }
    }

    /// What tasks hold is looked after about twice a minute.
    private static let looksPerAudit = 30
    /// The most messages that a look for bodies without a task reads, and the most bodies that it asks about.
    private static let messagesPerSweep = 10_000
    private static let bodiesPerSweep = 1_000
    /// Queues are counted about every five seconds.
    private static let looksPerSurvey = 5
    /// What Python workers left is looked for about every ten seconds.
    private static let looksPerSweep = 10

    /// What is remembered of a queue between two looks.
    private struct Memory {
        var audit: HolderAudit
        var surveyor: QueueSurveyor
    }

    /// Looks about once a second until cancelled.
    func run() async {
        var memories: [QueueName: Memory] = [:]
        var looks = 0
        while !Task.isCancelled {
            looks += 1
            let queues = queues()
            let present = Set(queues.map(\.queue))
            memories = memories.filter { present.contains($0.key) }
            for queue in queues {
                var memory = memories[queue.queue] ?? memory(of: queue)
                defer { memories[queue.queue] = memory }
                do throws(RedisError) {
                    try await reap(queue)
                    if looks % Self.looksPerSurvey == 1 { try await memory.surveyor.look() }
                    if looks.isMultiple(of: Self.looksPerAudit) {
                        try await memory.audit.look()
                        try await expireDeadLetters(of: queue)
                        try await sweepBodies(of: queue)
                    }
                } catch {
                    logger.debug("could not look for dead workers", metadata: ["error": "\(error)"])
                }
            }
            if looks % Self.looksPerSweep == 1, configuration.hasPriorities {
                let sweep = UnackedSweep(
                    queues: queues,
                    timeout: configuration.visibilityTimeout,
                    redis: redis,
                    logger: logger
                )
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

    private func memory(of queue: QueueKeys) -> Memory {
        Memory(
            audit: HolderAudit(queue: queue, redis: redis, logger: logger),
            surveyor: QueueSurveyor(
                queue: queue,
                hasPriorities: configuration.hasPriorities,
                redis: redis,
                logger: logger
            )
        )
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
