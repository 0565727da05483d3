import JSON
import Redis
import ServiceLifecycle
import TestSupport
import Testing

@testable import JobQueue

@Suite("Schedulers of a fleet")
struct PeriodicSchedulerTests {
    @Test("five of them make each second happen once, though leaders leave and are deposed")
    func fleet() async throws {
        try await QueueFixture.with { fixture in
            let control = PeriodicControl(redis: fixture.redis)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask { await fixture.scheduler(lease: .seconds(1)).run() }
                }
                for number in 0..<4 {
                    _ = try await control.add(
                        try QueueFixture.job("j\(number)", catchUp: .all(atMost: 60), every: .seconds(1))
                    )
                }
                for _ in 0..<3 {
                    let count = try await fixture.messages().count
                    try await eventually("a few more") { try await fixture.messages().count >= count + 4 }
                    _ = try await fixture.command("SET", fixture.redis.periodicKeys.leader, "nobody", "PX", 300)
                }
                let count = try await fixture.messages().count
                try await eventually("a few more") { try await fixture.messages().count >= count + 4 }
                group.cancelAll()
                try await group.waitForAll()
            }
            let ids = try await fixture.messages().compactMap { $0["headers"]?["id"]?.string }
            #expect(Set(ids).count == ids.count)
            for number in 0..<4 {
                let times = ids.filter { $0.hasPrefix("j\(number)@") }.compactMap { Int64($0.dropFirst(3)) }
                #expect(times.count > 3 && zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 1_000 }, "\(times)")
            }
            // Whoever led has left.
            #expect(try await fixture.command("EXISTS", fixture.redis.periodicKeys.leader).integer == 0)
        }
    }

    @Test("what operators change while it leads counts at once, by the ring alone")
    func news() async throws {
        try await QueueFixture.with { fixture in
            // Without the ring it would look again after twenty seconds.
            try await fixture.withScheduler(fixture.scheduler(lease: .seconds(60))) {
                try await fixture.hasListener()
                let upkeep = PeriodicUpkeep(redis: fixture.redis, owner: "x", logger: QueueFixture.logger)
                var jobs = PeriodicJobs()
                for round in 1...5 {
                    var job = try QueueFixture.job("j\(round)", source: .code)
                    // Due as soon as it is there.
                    job.seenAs = job.name
                    job.catchUpWithin = .seconds(2 * 86_400)
                    try jobs.add(job)
                    await upkeep.bring(jobs, isStart: true)
                    try await eventually("it happens", within: .seconds(10)) {
                        try await fixture.messages().count == round
                    }
                }
            }
        }
    }

    @Test("a job's next time is known as soon as it has happened, without another look for news")
    func nextTime() async throws {
        try await QueueFixture.with { fixture in
            _ = try await PeriodicControl(redis: fixture.redis).add(try QueueFixture.job(every: .seconds(1)))
            // The second one would be twenty seconds late.
            try await fixture.withScheduler(fixture.scheduler(lease: .seconds(60))) {
                try await eventually("two of them", within: .seconds(10)) {
                    try await fixture.messages().count == 2
                }
            }
            let times = try await fixture.messages().compactMap { $0["headers"]?["periodic_time"]?.string }
            #expect(Set(times).count == 2)
        }
    }

    @Test("what changed before it could listen, or while it could not, is found once it listens")
    func listensAgain() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withScheduler(fixture.scheduler(lease: .seconds(60))) {
                try await fixture.hasListener()
                // Without a ring, as one that nobody heard.
                var job = try QueueFixture.job()
                job.start = try await fixture.redis.time().advanced(by: .milliseconds(80))
                _ = try await fixture.command("HSET", fixture.redis.periodicKeys.jobs, job.name, job.json.bytes)
                let start = try #require(job.start).milliseconds
                _ = try await fixture.command("ZADD", fixture.redis.periodicKeys.due, start, job.name)
                _ = try await fixture.command("CLIENT", "KILL", "TYPE", "pubsub")
                try await eventually("it happens", within: .seconds(10)) { try await fixture.messages().count == 1 }
            }
        }
    }

    @Test("what cannot be read, or has no room, or the wrong kind of key, holds up nobody else")
    func broken() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("HSET", fixture.redis.periodicKeys.jobs, "broken", "{", "stray", "[]")
            _ = try await fixture.command(
                "ZADD",
                fixture.redis.periodicKeys.due,
                "-inf",
                "broken",
                0,
                "gone",
                5,
                "stray"
            )
            _ = try await fixture.command("SET", QueueKeys("odd").ready, "no list")
            var odd = try QueueFixture.job("odd")
            odd.queue = "odd"
            try await fixture.add(odd)
            try await fixture.add(try QueueFixture.job("good"))
            try await fixture.withScheduler(fixture.scheduler()) {
                try await eventually("the good one") { try await fixture.messages().count == 1 }
            }
            let listings = try await PeriodicControl(redis: fixture.redis).list()
            #expect(listings.map(\.name) == ["broken", "good", "odd", "stray"])
            #expect(listings.map { (try? $0.job.get()) == nil } == [true, false, false, true])
            #expect(listings[2].next.map { $0 < .now } == true)
        }
    }

    @Test("Redis goes away and comes back without what it knew: the leader brings it the program's jobs again")
    func outage() async throws {
        try await QueueFixture.with { fixture in
            var jobs = PeriodicJobs()
            try jobs.add(try QueueFixture.job(source: .code, every: .seconds(1)))
            let list = jobs
            try await fixture.withScheduler(fixture.scheduler(list, lease: .seconds(2))) {
                try await eventually("it happens") { try await fixture.messages().count >= 1 }
                fixture.server.kill()
                try await fixture.server.restart()
                try await eventually("it happens again", within: .seconds(20)) {
                    (try? await fixture.messages().count) ?? 0 >= 1
                }
            }
        }
    }
}
