package import JobQueue
package import Logging
package import Redis
import ServiceLifecycle

/// Keeps the periodic jobs of one owner in line with something that changes while the program runs, such as a file.
///
/// Every worker that knows it brings those in force, at its start and when they change; what all of them bring is the
/// same. The scheduler that leads makes them happen once. Where Redis has lost its data they are brought again.
package actor PeriodicFollowing: Service {
    private let source: @Sendable () throws(ScheduleProblem) -> PeriodicJobs?
    private let upkeep: PeriodicUpkeep
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    /// Those that were brought last; nil before the first.
    private var known: [PeriodicJob]?

    /// - Parameters:
    ///   - owner: whose the periodic jobs are.
    ///   - redis: the client; whoever made it runs it.
    ///   - interval: between two looks at the source.
    ///   - clock: by which it waits.
    ///   - logger: hears of what was brought, and of what went wrong.
    ///   - source: the jobs in force, asked at every look; nil while they are not known yet.
    package init(
        owner: String,
        redis: RedisClient,
        interval: Duration = .seconds(10),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger,
        source: @escaping @Sendable () throws(ScheduleProblem) -> PeriodicJobs?
    ) {
        self.source = source
        upkeep = PeriodicUpkeep(redis: redis, owner: owner, clock: clock, logger: logger)
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Looks now and at every interval, until graceful shutdown or cancellation.
    package func run() async { await cancelWhenGracefulShutdown { await self.follow() } }

    private func follow() async {
        while !Task.isCancelled {
            await look()
            guard (try? await clock.sleep(for: interval)) != nil else { return }
        }
    }

    /// Looks once, and returns when Redis is in line with the source.
    package func look() async {
        do throws(ScheduleProblem) {
            guard let jobs = try source() else { return }
            if jobs.all == known, await !isForgotten() { return }
            // Redis that has lost its data knows no more what has happened before: nothing is made up for then.
            await upkeep.bring(jobs, isStart: known == nil)
            known = jobs.all
        } catch {
            // What has such is refused when it is read.
            logger.error("periodic jobs cannot be had at their times", metadata: ["problem": "\(error)"])
        }
    }

    private func isForgotten() async -> Bool {
        do throws(RedisError) {
            return try await upkeep.isForgotten()
        } catch {
            logger.debug("cannot see whether periodic jobs are known", metadata: ["error": "\(error)"])
            return false
        }
    }
}
