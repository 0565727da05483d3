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
    let consumers: [QueueConsumer]
    let heartbeat: Heartbeat
    let reaper: Reaper
    let configuration: WorkerConfiguration
    let redis: RedisClient
    let logger: Logger

    init(
        configuration: WorkerConfiguration,
        redis: RedisClient,
        runner: JobRunner,
        slots: Slots,
        incarnation: Incarnation,
        registered: NIODeadline,
        heartbeatThread: any EventLoop,
        logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: "worker"] = "\(incarnation)"
        self.incarnation = incarnation
        self.configuration = configuration
        self.redis = redis
        self.logger = logger
        consumers = configuration.queues.enumerated().map { index, queue in
            QueueConsumer(
                queue: queue,
                incarnation: incarnation,
                configuration: configuration,
                redis: redis,
                runner: runner,
                slots: slots.share(index),
                logger: logger
            )
        }
        heartbeat = Heartbeat(
            on: heartbeatThread,
            configuration: configuration,
            redis: redis,
            consumers: consumers,
            incarnation: incarnation,
            registered: registered,
            logger: logger
        )
        reaper = Reaper(
            queues: configuration.queues.map(QueueKeys.init),
            configuration: configuration,
            redis: redis,
            logger: logger
        )
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
        if quiet.isAsked { for consumer in consumers { consumer.enter(.quiet) } }
        let ending = await withTaskGroup(of: Event.self) { group in
            group.addTask { .heartbeatEnded(await heartbeat.run()) }
            group.addTask {
                await reaper.run()
                return .helperEnded
            }
            for consumer in consumers {
                group.addTask {
                    await consumer.watchDeadlines()
                    return .helperEnded
                }
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
        await leave()
        return ending
    }

    /// Takes no more tasks, and says so once the last that were under way are here.
    private func quieten() async {
        for consumer in consumers { consumer.enter(.quiet) }
        for consumer in consumers { await consumer.lastFetch() }
        guard !Task.isCancelled else { return }
        logger.info("takes no more tasks", metadata: ["running": "\(runningCount)"])
    }

    /// Cancels what runs and stops speaking for it, before Redis gives it to another.
    private func fallSilent() {
        for consumer in consumers {
            consumer.enter(.lost)
            consumer.running.cancelAll(.leaseLost)
        }
    }

    /// All queues, until each is drained or one finds the lease gone.
    private func consume() async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for consumer in consumers { group.addTask { await consumer.run() } }
            for await isFenced in group where isFenced {
                fallSilent()
                group.cancelAll()
                return true
            }
            return false
        }
    }

    private var runningCount: Int { consumers.reduce(0) { $0 + $1.running.count } }

    /// Fetches nothing more, tells the running jobs, lets them finish within the grace period, then cancels them: they
    /// go back.
    private func drain() async {
        for consumer in consumers {
            consumer.enter(.draining)
            consumer.scope.stopping.ask()
        }
        logger.info("draining", metadata: ["running": "\(runningCount)"])
        // Ends early only by cancellation: then everything has ended.
        try? await Task.sleep(for: configuration.gracePeriod)
        guard !Task.isCancelled else { return }
        for consumer in consumers { consumer.running.cancelAll(.shutdown) }
        // What does not end although it was cancelled is given back over its head.
        try? await Task.sleep(for: .seconds(5))
        guard !Task.isCancelled else { return }
        for consumer in consumers { consumer.enter(.lost) }
    }

    /// Cancels jobs as it is told, and looks where a blocking look sees nothing. What is missed while there is no
    /// connection, the heartbeat and the next look bring.
    private func listen() async {
        let byChannel = Dictionary(
            consumers.flatMap { [($0.keys.cancellations, $0), ($0.keys.wake, $0)] },
            uniquingKeysWith: { first, _ in first }
        )
        while !Task.isCancelled {
            do throws(RedisError) {
                for await message in try await redis.subscribe(channels: Array(byChannel.keys)) {
                    guard let consumer = byChannel[message.channel] else { continue }
                    if message.channel == consumer.keys.wake {
                        consumer.lookAgain()
                    } else {
                        consumer.running.cancel(TaskID(String(decoding: message.payload, as: UTF8.self)))
                    }
                }
            } catch {
                logger.debug("cannot listen to other processes", metadata: ["error": "\(error)"])
            }
            // Ends early only by cancellation, which the loop sees.
            try? await Task.sleep(for: .milliseconds(Int64.random(in: 800...1200)))
        }
    }

    /// Gives back whatever Redis still holds for this incarnation and ends its registration. Where Redis does not
    /// answer, reapers do it once the lease has run out.
    private func leave() async {
        for consumer in consumers {
            let keys = consumer.keys
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
            } catch {
                logger.info("left without a farewell", metadata: ["queue": "\(keys.queue)", "error": "\(error)"])
            }
        }
    }
}
