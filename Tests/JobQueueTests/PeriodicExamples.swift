import JobQueue
import Logging
import Redis

// The Swift block of docs/jobqueue/periodic.md, literally: `TutorialTests` compares it.

/// Makes a report of some days.
private struct MakeReport: Job {
    static let name: TaskName = "reports.make"
    static let queue: QueueName = "background"

    struct Arguments: Codable, Sendable { let days: Int }

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
}

private func nightlyReport(redis: RedisClient, logger: Logger) throws -> PeriodicScheduler {
    var jobs = PeriodicJobs()
    let weekdays = try Schedule.cron("0 3 * * MON-FRI", zone: "Europe/Berlin")
    try jobs.add(PeriodicJob("nightly-report", MakeReport.self, .init(days: 1), on: weekdays))
    // A service, to be run beside the JobWorker.
    let scheduler = PeriodicScheduler(redis: redis, jobs: jobs, logger: logger)
    return scheduler
}
