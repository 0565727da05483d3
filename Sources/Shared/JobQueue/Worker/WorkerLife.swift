import Logging
import NIOCore
import Redis

/// One incarnation of a worker, from its registration until it leaves or loses its lease.
struct WorkerLife: Sendable {
    enum Ending: Sendable {
        case stopped
        /// The lease is gone, or may be; a new life can begin.
        case leaseLost
    }

    let incarnation: Incarnation
    let roster: ConsumerRoster
    let heartbeat: Heartbeat
    let reaper: Reaper
    let configuration: WorkerConfiguration
    let redis: RedisClient
    let runner: JobRunner
    let tuning: WorkerTuning
    let joining: QueueJoining
    /// Told before a queue that is joined in this life can know of it.
    let onJoining: @Sendable (QueueName) -> Void
    let logger: Logger

    /// The queues of this life so far.
    var consumers: [QueueConsumer] { roster.all }

    /// A life that the queues know of by requests that were sent at `registered` at the earliest.
    init(
        configuration: WorkerConfiguration,
        queues: [QueueName],
        redis: RedisClient,
        runner: JobRunner,
        tuning: WorkerTuning,
        incarnation: Incarnation,
        registered: NIODeadline,
        heartbeatThread: any EventLoop,
        logger: Logger,
        onJoining: @escaping @Sendable (QueueName) -> Void = { _ in }
    ) {
        var logger = logger
        logger[metadataKey: "worker"] = "\(incarnation)"
        self.incarnation = incarnation
        self.configuration = configuration
        self.redis = redis
        self.runner = runner
        self.tuning = tuning
        self.onJoining = onJoining
        self.logger = logger
        joining = QueueJoining(incarnation: incarnation, configuration: configuration, redis: redis, logger: logger)
        let consumers = queues.map { [logger] queue in
            QueueConsumer(
                queue: queue,
                incarnation: incarnation,
                configuration: configuration,
                redis: redis,
                runner: runner,
                slots: tuning.share(of: queue),
                logger: logger
            )
        }
        for consumer in consumers { consumer.change { $0.register(at: registered) } }
        let roster = ConsumerRoster(consumers, news: tuning.queueNews)
        self.roster = roster
        heartbeat = Heartbeat(
            on: heartbeatThread,
            configuration: configuration,
            redis: redis,
            roster: roster,
            incarnation: incarnation,
            logger: logger
        )
        reaper = Reaper(configuration: configuration, redis: redis, logger: logger) {
            // Those that are to be joined, too: they may have to be rid of an earlier registration first.
            let registered = roster.registered.map(\.keys)
            let known = Set(registered.map(\.queue))
            return registered + tuning.queues.filter { !known.contains($0) }.map { redis.keys(of: $0) }
        }
    }

    private enum Event: Sendable {
        case consumersEnded(isFenced: Bool)
        case heartbeatEnded(Heartbeat.Ending)
        case quietAsked
        case stopAsked
        case helperEnded
    }

    /// Works until `stop` is asked for or the lease is gone; once `quiet` is asked for it takes no more.
    func run(until stop: StopRequest, quiet: QuietRequest = QuietRequest()) async -> Ending {
        if quiet.isAsked { roster.enter(.quiet) }
        let ending = await withTaskGroup(of: Event.self) { group in
            group.addTask { .heartbeatEnded(await heartbeat.run()) }
            group.addTask {
                await reaper.run()
                return .helperEnded
            }
            group.addTask {
                await listen()
                return .helperEnded
            }
            group.addTask {
                await quiet.asked()
                return .quietAsked
            }
            group.addTask {
                await stop.asked()
                return .stopAsked
            }
            group.addTask { .consumersEnded(isFenced: await consume()) }

            var ending = Ending.stopped
            loop: for await event in group {
                switch event {
                case .consumersEnded(let isFenced):
                    if isFenced {
                        ending = .leaseLost
                        fallSilent()
                    }
                    break loop
                case .heartbeatEnded(.stopped), .helperEnded: continue
                case .heartbeatEnded(let reason):
                    logger.error("lease lost", metadata: ["reason": "\(reason)"])
                    ending = .leaseLost
                    fallSilent()
                case .quietAsked:
                    group.addTask {
                        await quieten()
                        return .helperEnded
                    }
                case .stopAsked:
                    guard ending == .stopped else { continue }
                    group.addTask {
                        await drain()
                        return .helperEnded
                    }
                }
            }
            await heartbeat.stop()
            group.cancelAll()
            return ending
        }
        // After a drain nothing runs any more; after a cancellation something may.
        for consumer in consumers { consumer.running.cancelAll(.shutdown) }
        for consumer in roster.registered { await joining.leave(consumer.keys) }
        return ending
    }

    /// Takes no more tasks, and says so once the last that were under way are here.
    private func quieten() async {
        roster.enter(.quiet)
        for consumer in consumers { await consumer.lastFetch() }
        guard !Task.isCancelled else { return }
        logger.info("takes no more tasks", metadata: ["running": "\(runningCount)"])
    }

    /// Cancels what runs and stops speaking for it, before Redis gives it to another.
    func fallSilent() {
        roster.enter(.lost)
        for consumer in consumers { consumer.running.cancelAll(.leaseLost) }
    }

    private var runningCount: Int { consumers.reduce(0) { $0 + $1.running.count } }

    /// Fetches nothing more, tells the running jobs, lets them finish within the grace period, then cancels them: they
    /// go back.
    private func drain() async {
        roster.enter(.draining)
        for consumer in consumers { consumer.scope.stopping.ask() }
        logger.info("draining", metadata: ["running": "\(runningCount)"])
        // Ends early only by cancellation: then everything has ended.
        try? await Task.sleep(for: configuration.gracePeriod)
        guard !Task.isCancelled else { return }
        for consumer in consumers { consumer.running.cancelAll(.shutdown) }
        // What does not end although it was cancelled is given back over its head.
        try? await Task.sleep(for: .seconds(5))
        guard !Task.isCancelled else { return }
        roster.enter(.lost)
    }
}
