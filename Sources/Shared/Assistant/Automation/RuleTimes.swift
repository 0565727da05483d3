import JobQueue
package import Logging
package import Redis
import ServiceLifecycle

/// Has the rules with a time happen: as periodic jobs of the queue, which the scheduler that leads makes happen once.
///
/// Every worker that has a file of rules brings those in force, at its start and when they change; what all of them bring
/// is the same. Where Redis has lost its data they are brought again.
package actor RuleTimes: Service {
    /// Whose the periodic jobs are that come from rules.
    package static let owner = "automation"
    /// How long ago a time may be that is still made up for.
    package static let catchUp: Duration = .seconds(1_800)

    private let book: RuleBook
    private let upkeep: PeriodicUpkeep
    private let interval: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    /// Those that were brought last; nil before the first.
    private var known: Rules?

    /// - Parameters:
    ///   - book: the rules in force.
    ///   - redis: the client; whoever made it runs it.
    ///   - interval: between two looks at the rules.
    ///   - clock: by which it waits.
    ///   - logger: hears of what was brought, and of what went wrong.
    package init(
        book: RuleBook,
        redis: RedisClient,
        interval: Duration = .seconds(10),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.book = book
        upkeep = PeriodicUpkeep(redis: redis, owner: Self.owner, clock: clock, logger: logger)
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

    /// Looks once, and returns when Redis is in line with the rules.
    package func look() async {
        let rules = book.rules
        if rules == known, await !isForgotten() { return }
        do throws(ScheduleProblem) {
            // Redis that has lost its data knows no more what has happened before: nothing is made up for then.
            await upkeep.bring(try rules.periodicJobs(), isStart: known == nil)
        } catch {
            // A file that is read has none such.
            logger.error("rules cannot be had at their times", metadata: ["problem": "\(error)"])
        }
        known = rules
    }

    private func isForgotten() async -> Bool {
        do throws(RedisError) {
            return try await upkeep.isForgotten()
        } catch {
            logger.debug("cannot see whether the times of rules are known", metadata: ["error": "\(error)"])
            return false
        }
    }
}

extension Rules {
    /// What makes the rules with a time happen.
    ///
    /// - Throws: `ScheduleProblem` for names that cannot be used; a file with such is refused when it is read.
    func periodicJobs() throws(ScheduleProblem) -> PeriodicJobs {
        var jobs = PeriodicJobs()
        for rule in rules {
            guard case .schedule(let schedule) = rule.trigger, let appID = rule.appID else { continue }
            let arguments = AutomationArguments(rule: rule.name, appID: appID)
            var job = try PeriodicJob(arguments.subject, AutomationJob.self, arguments, on: schedule)
            job.source = .configuration
            job.catchUpWithin = RuleTimes.catchUp
            job.seenAs = arguments.subject
            try jobs.add(job)
        }
        return jobs
    }
}
