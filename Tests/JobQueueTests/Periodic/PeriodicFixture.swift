import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Schedulers and periodic jobs on a fixture's Redis.
extension QueueFixture {
    /// A scheduler's word, for a test that takes its steps one by one.
    func leader(_ token: String, lease: Duration = .seconds(60)) -> PeriodicLeader {
        PeriodicLeader(token: token, lease: lease, producer: JobProducer(redis: redis))
    }

    func scheduler(_ jobs: PeriodicJobs = PeriodicJobs(), owner: String = "default", lease: Duration = .seconds(10))
        -> PeriodicScheduler
    {
        PeriodicScheduler(redis: redis, jobs: jobs, owner: owner, lease: lease, logger: Self.logger)
    }

    /// One that is far ahead, unless `due` makes it due.
    static func job(
        _ name: String = "a",
        catchUp: CatchUp = .once,
        source: PeriodicJob.Source = .runTime,
        every: Duration = .seconds(86_400)
    ) throws -> PeriodicJob {
        var job = try PeriodicJob(name, TestJob.self, .init(value: name), on: .interval(every))
        job.source = source
        job.catchUp = catchUp
        return job
    }

    /// Adds a job, whose time came so long ago.
    func add(_ job: PeriodicJob, dueSince seconds: Int64 = 1) async throws {
        _ = try await PeriodicControl(redis: redis).add(job)
        let time = try await redis.time().milliseconds - seconds * 1_000
        _ = try await command("ZADD", redis.periodicKeys.due, time, job.name)
    }

    /// What is due to who leads.
    func due(of leader: PeriodicLeader) async throws -> (now: WireTime, jobs: [PeriodicLeader.DueJob]) {
        guard case .leads(let now, _, let due, _) = try await leader.look() else {
            return (WireTime(milliseconds: 0), [])
        }
        return (now, try await leader.read(due).map { try $0.1.get() })
    }

    /// Waits until a leader listens to changes.
    func hasListener() async throws {
        try await eventually("a leader that listens") {
            let counts = try await command("PUBSUB", "NUMSUB", redis.periodicKeys.news)
            return counts[1]?.integer == 1
        }
    }

    /// Messages of the queue's list, the next to be taken first.
    func messages() async throws -> [JSONValue] {
        let texts = try await command("LRANGE", keys.ready, 0, -1).array ?? []
        return try texts.reversed().map { try JSONValue(parsing: $0.bytes ?? []) }
    }

    func withScheduler<Value: Sendable>(
        _ scheduler: PeriodicScheduler,
        _ body: () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await scheduler.run() }
            let value = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }
}
