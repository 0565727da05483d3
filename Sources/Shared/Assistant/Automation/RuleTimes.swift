import JobQueue
package import Logging
package import Redis

/// The rules with a time, as periodic jobs of the queue.
package enum RuleTimes {
    /// Whose the periodic jobs are that come from rules.
    package static let owner = "automation"
    /// How long ago a time may be that is still made up for.
    package static let catchUp: Duration = .seconds(1_800)

    /// Has the rules in force happen at their times.
    ///
    /// - Parameters:
    ///   - book: the rules in force.
    ///   - redis: the client; whoever made it runs it.
    ///   - interval: between two looks at the rules.
    ///   - logger: hears of what was brought, and of what went wrong.
    /// - Returns: the service that does it.
    package static func following(
        _ book: RuleBook,
        redis: RedisClient,
        interval: Duration = .seconds(10),
        logger: Logger
    ) -> PeriodicFollowing {
        PeriodicFollowing(owner: owner, redis: redis, interval: interval, logger: logger) {
            () throws(ScheduleProblem) in try book.rules.periodicJobs()
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
