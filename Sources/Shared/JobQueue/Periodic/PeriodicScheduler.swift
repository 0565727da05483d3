public import Logging
public import Redis
public import ServiceLifecycle

/// Makes periodic jobs happen: one of them in every worker, of which one leads.
///
/// The leader has a lease in Redis that it renews; should it die, another leads once the lease is over, and goes on where
/// it stopped. Each step asks whether its word still counts and moves the job on in the same step that enqueues its task,
/// so a time happens once, whoever is killed or frozen at whatever moment. Redis' clock says what is due.
public struct PeriodicScheduler: Service {
    private let upkeep: PeriodicUpkeep
    private let jobs: PeriodicJobs
    private let leader: PeriodicLeader
    private let redis: RedisClient
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let metrics = PeriodicMetrics()
    private let news = Signal()

    /// - Parameters:
    ///   - redis: The client; whoever made it runs it. While this scheduler leads it hears of changes on the connection for
    ///     channels, which all that listen share.
    ///   - jobs: Those that the program and its configuration name. Redis is brought in line with them at the start, and
    ///     again by the leader where it has forgotten.
    ///   - owner: Whose they are: two programs with different jobs on one Redis have different names here.
    ///   - durability: As a producer's; counts on a Cluster, else a job moves on in the step that enqueues its task.
    ///   - middleware: What is done to every task before it is stored.
    ///   - payload: As a producer's.
    ///   - announcesTasks: Whether monitors are told of each task (`task-sent`), as with `JobProducer.announcesTasks`.
    ///   - lease: How long after its last sign of life another takes its place.
    ///   - clock: By which it waits.
    ///   - logger: Told of who leads, and of what went wrong.
    public init(
        redis: RedisClient,
        jobs: PeriodicJobs = PeriodicJobs(),
        owner: String = PeriodicJob.defaultOwner,
        durability: Durability = .async,
        middleware: [any EnqueueMiddleware] = [],
        payload: (any PayloadCoding)? = nil,
        announcesTasks: Bool = false,
        lease: Duration = .seconds(10),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.redis = redis
        self.clock = clock
        self.logger = logger
        self.jobs = jobs
        upkeep = PeriodicUpkeep(redis: redis, owner: owner, clock: clock, logger: logger)
        var producer = JobProducer(redis: redis, durability: durability, middleware: middleware, payload: payload)
        producer.announcesTasks = announcesTasks
        leader = PeriodicLeader(token: RandomUUID.text(), lease: lease, producer: producer)
    }

    /// Goes on until graceful shutdown or cancellation, through outages of Redis.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await upkeep.bring(jobs, isStart: true)
            while !Task.isCancelled { await follow() }
        }
        // Also where it never led: then it changes nothing.
        do throws(RedisError) {
            try await leader.leave()
        } catch {
            logger.debug("left without a farewell", metadata: ["error": "\(error)"])
        }
    }

    // MARK: Following

    /// Waits until it may lead, and leads.
    private func follow() async {
        do throws(RedisError) {
            switch try await leader.look() {
            case .leads:
                logger.info("leads the periodic jobs", metadata: ["scheduler": "\(leader.token)"])
                metrics.leads(true)
                if !jobs.all.isEmpty, try await upkeep.isForgotten() { await upkeep.bring(jobs, isStart: false) }
                await lead()
                metrics.leads(false)
            case .follows(let wait):
                // Sooner than the lease's end: who leaves gives it up.
                await sleep(for: min(wait + .milliseconds(20), leader.lease / 3) * Double.random(in: 0.9...1.1))
            }
        } catch {
            await complain(error)
        }
    }

    /// Makes happen what is due until the lease is lost.
    private func lead() async {
        let listening = listen()
        defer { listening.cancel() }
        var turns = PeriodicTurns(leader: leader, metrics: metrics, logger: logger)
        while !Task.isCancelled {
            do throws(RedisError) {
                guard let wait = try await turns.take() else {
                    logger.warning("does not lead the periodic jobs any more")
                    return
                }
                await news.wait(for: wait, on: clock)
            } catch {
                await complain(error)
            }
        }
    }

    // MARK: Waiting

    /// Rings when jobs change, and on every new connection, as they may have changed before it.
    private func listen() -> ChannelListening {
        redis.channels.listen(to: redis.periodicKeys.news) { [news, logger] heard in
            switch heard {
            case .listening, .message: news.ring()
            case .lost: break
            case .ended(let error):
                logger.warning(
                    "cannot hear of changes of periodic jobs, looks for them instead",
                    metadata: ["error": "\(error)"]
                )
            }
        }
    }

    private func complain(_ error: RedisError) async {
        guard !Task.isCancelled else { return }
        metrics.failed()
        logger.warning("cannot look after the periodic jobs, will be repeated", metadata: ["error": "\(error)"])
        await sleep(for: .milliseconds(Int64.random(in: 800...1_200)))
    }

    /// Ends early only by cancellation, which every loop sees.
    private func sleep(for duration: Duration) async { try? await clock.sleep(for: duration) }
}

extension Signal {
    /// Returns as `wait` does, and after `duration` at the latest.
    fileprivate func wait(for duration: Duration, on clock: any Clock<Duration>) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Ends early only by cancellation: then the wait is over.
                try? await clock.sleep(for: duration)
                if !Task.isCancelled { self.ring() }
            }
            await wait()
            group.cancelAll()
        }
    }
}
