package import Logging
package import Redis

/// Keeps what Redis knows of one owner's periodic jobs as the owner says, through outages.
///
/// A list that never changes is brought once, at the start, and by a scheduler itself; whoever has one that changes while
/// the program runs brings each. Whichever scheduler leads hears of it.
package struct PeriodicUpkeep: Sendable {
    private let redis: RedisClient
    private let owner: String
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let metrics = PeriodicMetrics()

    /// - Parameters:
    ///   - redis: The client; whoever made it runs it.
    ///   - owner: Whose the jobs are. Those of others are left alone.
    ///   - clock: By which it waits before it tries again.
    ///   - logger: Told of what was done, and of what went wrong.
    package init(
        redis: RedisClient,
        owner: String,
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.redis = redis
        self.owner = owner
        self.clock = clock
        self.logger = logger
    }

    /// Brings Redis in line with these; returns when it is, or the task is cancelled.
    ///
    /// - Parameters:
    ///   - jobs: All that the owner has.
    ///   - isStart: Whether they are the first that this process brings; see `PeriodicJob.seenAs`.
    package func bring(_ jobs: PeriodicJobs, isStart: Bool) async {
        let reconciliation = PeriodicReconciliation(redis: redis, jobs: jobs, owner: owner, isStart: isStart)
        while !Task.isCancelled {
            do throws(RedisError) {
                return tell(of: try await reconciliation.run(), jobs)
            } catch {
                guard !Task.isCancelled else { return }
                metrics.failed()
                logger.warning(
                    "cannot bring the periodic jobs in line, will be repeated",
                    metadata: ["owner": "\(owner)", "error": "\(error)"]
                )
            }
            // Ends early only by cancellation, which the loop sees.
            try? await clock.sleep(for: .milliseconds(Int64.random(in: 800...1_200)))
        }
    }

    /// Whether Redis knows nothing of this owner, as it was never told or has lost its data.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    package func isForgotten() async throws(RedisError) -> Bool {
        try await redis.send(RedisCommand("SISMEMBER", redis.periodicKeys.owners, owner)).integer == 0
    }

    private func tell(of report: PeriodicReconciliation.Report, _ jobs: PeriodicJobs) {
        logger.info(
            "periodic jobs are as configured",
            metadata: [
                "owner": "\(owner)", "jobs": "\(jobs.all.count)", "added": "\(report.added)",
                "changed": "\(report.changed)", "removed": "\(report.removed)",
            ]
        )
        for name in report.taken {
            logger.error("a periodic job is not taken, somebody else has its name", metadata: ["job": "\(name)"])
        }
    }
}
