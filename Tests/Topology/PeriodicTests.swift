import Logging
import Redis
import TestSupport
import Testing

@testable import JobQueue

extension Topologies {
    /// On a Cluster a job's task and its next time are in different slots: two steps, of which the second may fail.
    @Suite("Periodic jobs on a Cluster")
    struct PeriodicTests {
        private struct Nothing: Job {
            static let name: TaskName = "chaos.nothing"
            static let queue: QueueName = "periodic"
            func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
        }

        private static func due(_ leader: PeriodicLeader) async throws -> (now: WireTime, jobs: [PeriodicLeader.DueJob])
        {
            guard case .leads(let now, _, let due, _) = try await leader.look() else {
                return (WireTime(milliseconds: 0), [])
            }
            return (now, try await leader.read(due).map { try $0.1.get() })
        }

        @Test("a leader that dies between enqueueing and moving on is followed by one whose repeat adds nothing")
        func repeated() async throws {
            try await ClusterDeployment.with { cluster in
                let redis = try RedisClient(configuration: RedisConfiguration(url: cluster.url), logger: .silent)
                defer { redis.close() }
                let keys = redis.keys(of: Nothing.queue)
                #expect(!redis.keepsTogether(keys.ready, redis.periodicKeys.due))
                var job = try PeriodicJob("a", Nothing.self, NoArguments(), on: .interval(.seconds(3_600)))
                job.source = .runTime
                _ = try await PeriodicControl(redis: redis).add(job)
                let time = try await redis.time().milliseconds - 1_000
                _ = try await redis.send(RedisCommand("ZADD", redis.periodicKeys.due, time, "a"))
                func leader(_ token: String) -> PeriodicLeader {
                    PeriodicLeader(token: token, lease: .seconds(60), producer: JobProducer(redis: redis))
                }
                let first = leader("one")
                let (now, jobs) = try await Self.due(first)
                let due = try #require(jobs.first)
                _ = try await first.tick(due, now: now)
                #expect(try await redis.send(RedisCommand("LLEN", keys.ready)).integer == 1)
                // As if it had died before it moved the job on.
                _ = try await redis.send(RedisCommand("ZADD", redis.periodicKeys.due, time, "a"))
                _ = try await redis.send(RedisCommand("DEL", redis.periodicKeys.leader))
                let second = leader("two")
                let again = try await Self.due(second)
                let repeated = try #require(again.jobs.first)
                #expect(try await second.tick(repeated, now: again.now) != .changed)
                #expect(try await redis.send(RedisCommand("LLEN", keys.ready)).integer == 1)
                #expect(try await redis.send(RedisCommand("HGET", keys.counts, "added")).string == "1")
                // And who wakes up from a sleep longer than its lease does not even enqueue.
                let late = ContinuousClock.now - .seconds(60)
                _ = try await redis.send(RedisCommand("ZADD", redis.periodicKeys.due, time + 500, "a"))
                let third = try await Self.due(second)
                let last = try #require(third.jobs.first)
                await #expect(throws: RedisError.self) {
                    try await second.tick(last, now: third.now, looked: late)
                }
                #expect(try await redis.send(RedisCommand("LLEN", keys.ready)).integer == 1)
            }
        }

        @Test("schedulers of a fleet make it happen there, too")
        func fleet() async throws {
            try await ClusterDeployment.with { cluster in
                let redis = try RedisClient(configuration: RedisConfiguration(url: cluster.url), logger: .silent)
                defer { redis.close() }
                var jobs = PeriodicJobs()
                try jobs.add(PeriodicJob("a", Nothing.self, NoArguments(), on: .interval(.seconds(1))))
                let list = jobs
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<2 {
                        group.addTask { await PeriodicScheduler(redis: redis, jobs: list, logger: .silent).run() }
                    }
                    try await eventually("it happens twice") {
                        try await redis.send(RedisCommand("LLEN", redis.keys(of: Nothing.queue).ready)).integer ?? 0
                            >= 2
                    }
                    group.cancelAll()
                }
            }
        }
    }
}
