import Logging
import NIOCore
import NIOPosix
import Redis

/// Keeps a worker's lease alive, and notices first when it is gone.
///
/// Lives on a thread and connections of its own, so that neither busy jobs nor a full pipeline can delay it. What it
/// knows is conservative: with each queue the lease ends `lease - margin` after the last *confirmed* beat was *sent*, and
/// the first that ends ends the life.
actor Heartbeat {
    enum Ending: Sendable {
        /// `stop` was called.
        case stopped
        /// Redis says that the lease was taken away.
        case fenced
        /// Nothing was confirmed for so long that the lease may be gone.
        case unconfirmed
    }

    nonisolated let unownedExecutor: UnownedSerialExecutor
    private let eventLoop: any EventLoop
    private let configuration: WorkerConfiguration
    private let redis: RedisClient
    private let roster: ConsumerRoster
    private let incarnation: Incarnation
    private let logger: Logger
    /// To each server that holds some of the queues: one, but for a Cluster.
    private var connections: [RedisEndpoint: RedisConnection] = [:]
    private var isStopped = false
    private var sleeper: EventLoopPromise<Void>?

    /// A heartbeat on `thread`, which is for it alone, for the leases of these queues.
    init(
        on thread: any EventLoop,
        configuration: WorkerConfiguration,
        redis: RedisClient,
        roster: ConsumerRoster,
        incarnation: Incarnation,
        logger: Logger
    ) {
        eventLoop = thread
        unownedExecutor = thread.executor.asUnownedSerialExecutor()
        self.configuration = configuration
        self.redis = redis
        self.roster = roster
        self.incarnation = incarnation
        self.logger = logger
    }

    /// Beats until stopped or until the lease is gone.
    func run() async -> Ending {
        defer { disconnect() }
        while !isStopped {
            do {
                try await beat()
            } catch let error as RedisError where error.prefix == QueueScripts.fenced {
                return .fenced
            } catch {
                logger.warning("heartbeat failed", metadata: ["error": "\(error)"])
                redis.note(error)
                disconnect()
            }
            if timeLeft <= .zero { return .unconfirmed }
            await sleep(min(connections.isEmpty ? .milliseconds(200) : configuration.beat, timeLeft))
        }
        return .stopped
    }

    /// How long the worker may still speak for its tasks.
    private var timeLeft: Duration {
        guard let oldest = roster.all.compactMap(\.standing.leaseBegan).min() else { return configuration.lease }
        let silence = oldest + TimeAmount(configuration.lease - configuration.leaseMargin)
        return .nanoseconds((silence - NIODeadline.now()).nanoseconds)
    }

    /// How long one call may take: an answer after the lease is of no use.
    private var patience: Duration { max(.milliseconds(1), min(.seconds(1), timeLeft)) }

    func stop() {
        isStopped = true
        sleeper?.succeed()
        sleeper = nil
    }

    /// Of how many long tasks a beat tells since when they run.
    private static let toldTasks = 500

    /// A beat that was sent for one queue.
    private struct Sent {
        let consumer: QueueConsumer
        let registration: Int
        let connection: RedisConnection
        let time: NIODeadline
        /// From where on what Redis says to be held is compared; nil where it is not asked.
        let horizon: Int64?
        let reply: EventLoopFuture<RedisReply>
    }

    /// Beats for all queues at once: their leases stand on one round trip, and not on one after the other.
    ///
    /// What one server answers counts also where another does not.
    private func beat() async throws {
        var beats: [Sent] = []
        var failure: (any Error)?
        func note(_ error: any Error) {
            if failure == nil || (error as? RedisError)?.prefix == QueueScripts.fenced { failure = error }
        }
        for consumer in roster.registered {
            do { beats.append(try await send(consumer)) } catch { note(error) }
        }
        for beat in beats {
            do {
                try await take(try await beat.reply.get(), of: beat)
            } catch let error as RedisError
                where error.prefix == QueueScripts.fenced && !beat.consumer.standing.counts(beat.registration)
            {
                // The worker left the queue while this was under way.
                continue
            } catch {
                note(error)
            }
        }
        if let failure { throw failure }
    }

    private func send(_ consumer: QueueConsumer) async throws -> Sent {
        let registration = consumer.standing.registration
        let connection = try await connection(to: consumer.keys)
        let (isWanted, horizon) = consumer.comparison
        var arguments: RedisArguments = [
            incarnation.rawValue, configuration.lease.milliseconds, isWanted ? 1 : 0,
        ]
        for (id, time) in consumer.running.long(atLeast: .seconds(1), atMost: Self.toldTasks) {
            arguments.append(id.rawValue)
            arguments.append(time.milliseconds)
        }
        let time = NIODeadline.now()
        let reply = connection.evaluate(
            QueueScripts.beat,
            keys: [
                consumer.keys.workers, consumer.keys.inflight(incarnation), consumer.keys.reaped,
                consumer.keys.cancelled, consumer.keys.running(incarnation.rawValue),
            ],
            arguments: arguments,
            timeout: patience,
            on: eventLoop
        )
        return Sent(
            consumer: consumer,
            registration: registration,
            connection: connection,
            time: time,
            horizon: isWanted ? horizon : nil,
            reply: reply
        )
    }

    private func take(_ reply: RedisReply, of beat: Sent) async throws {
        let consumer = beat.consumer
        consumer.confirmLease(beat.registration, at: beat.time)
        consumer.compare(inflight: Int(reply[0]?.integer ?? 0))
        for case let id? in (reply[2]?.array ?? []).map(\.string) where !RevocationMark.isMark(id) {
            consumer.running.cancel(TaskID(id))
        }
        guard let horizon = beat.horizon, let tags = reply[1]?.array?.compactMap(\.integer) else { return }
        let lost = consumer.unknown(tags, before: horizon)
        for start in stride(from: 0, to: lost.count, by: configuration.batchSize) {
            let some = lost[start..<min(start + configuration.batchSize, lost.count)]
            try await giveBack(some, consumer, beat.connection)
        }
        consumer.compared()
    }

    /// Returns to the queue what Redis gave to us in a reply that never came.
    private func giveBack(
        _ tags: ArraySlice<Int64>,
        _ consumer: QueueConsumer,
        _ connection: RedisConnection
    ) async throws(RedisError) {
        let keys = consumer.keys
        var arguments: RedisArguments = [
            incarnation.rawValue, configuration.lease.milliseconds, keys.prefix, configuration.hasPriorities ? 1 : 0,
        ]
        for tag in tags { arguments.append(tag) }
        _ = try await connection.evaluate(
            QueueScripts.giveBack,
            keys: [keys.workers, keys.inflight(incarnation), keys.ready, keys.reaped],
            arguments: arguments,
            timeout: patience
        )
        logger.warning(
            "gave back tasks whose delivery was lost",
            metadata: ["queue": "\(keys.queue)", "count": "\(tags.count)"]
        )
    }

    private func connection(to queue: QueueKeys) async throws -> RedisConnection {
        let node = try await redis.node(owning: queue.ready)
        if let connection = connections[node.endpoint] { return connection }
        let made = try await node.connect(on: eventLoop, timeout: patience).get()
        connections[node.endpoint] = made
        return made
    }

    private func disconnect() {
        for connection in connections.values { connection.close() }
        connections = [:]
    }

    /// Waits on this thread's own timer: `Task.sleep` would need the shared pool to wake up.
    private func sleep(_ duration: Duration) async {
        guard !isStopped else { return }
        let promise = eventLoop.makePromise(of: Void.self)
        sleeper = promise
        let timer = eventLoop.scheduleTask(in: TimeAmount(duration)) { promise.succeed() }
        try? await promise.futureResult.get()
        timer.cancel()
        sleeper = nil
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
