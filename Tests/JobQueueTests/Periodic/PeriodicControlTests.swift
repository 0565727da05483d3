import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("What operators do to periodic jobs")
struct PeriodicControlTests {
    @Test("a job is added once, replaced on demand, and only by one of its source")
    func add() async throws {
        try await QueueFixture.with { fixture in
            let control = PeriodicControl(redis: fixture.redis)
            var job = try QueueFixture.job()
            guard case .added(let next?) = try await control.add(job) else {
                Issue.record("it is added")
                return
            }
            #expect(next > .now)
            #expect(try await control.add(job) == .exists(.runTime))
            job.schedule = try .interval(.seconds(5))
            guard case .added(let sooner?) = try await control.add(job, replacing: true) else {
                Issue.record("it is replaced")
                return
            }
            #expect(sooner < next || next.milliseconds - WireTime.now.milliseconds < 10_000)
            job.source = .configuration
            #expect(try await control.add(job, replacing: true) == .exists(.runTime))
            job.end = WireTime(milliseconds: 1)
            job.source = .runTime
            #expect(try await control.add(job, replacing: true) == .added(next: nil))
            #expect(try await fixture.command("ZCARD", fixture.redis.periodicKeys.due).integer == 0)
        }
    }

    @Test("one that is removed leaves nothing behind; one of code or configuration only by force")
    func remove() async throws {
        try await QueueFixture.with { fixture in
            let control = PeriodicControl(redis: fixture.redis)
            try await fixture.add(try QueueFixture.job())
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            for due in jobs { _ = try await leader.tick(due, now: now) }
            try await leader.leave()
            _ = try await control.pause("a", as: QueuePause(by: "me", reason: nil))
            #expect(try await control.remove("a") == .removed)
            #expect(try await control.remove("a") == .none)
            let left = try await fixture.command("KEYS", "*").array?.compactMap(\.string).sorted()
            #expect(left == [fixture.keys.ready, fixture.keys.counts].sorted())

            var list = PeriodicJobs()
            try list.add(try QueueFixture.job(source: .code))
            _ = try await PeriodicReconciliation(redis: fixture.redis, jobs: list, owner: "default").run()
            #expect(try await control.remove("a") == .belongs(to: .code))
            #expect(try await control.remove("a", evenIfOwned: true) == .removed)
        }
    }

    @Test("run enqueues a task now, paused or not, and changes no time")
    func run() async throws {
        try await QueueFixture.with { fixture in
            let control = PeriodicControl(redis: fixture.redis)
            _ = try await control.add(try QueueFixture.job())
            let before = try await fixture.command("ZSCORE", fixture.redis.periodicKeys.due, "a")
            let first = try #require(try await control.run("a"))
            let second = try #require(try await control.run("a"))
            #expect(first.id != second.id && first.queue == "work")
            #expect(try await fixture.command("ZSCORE", fixture.redis.periodicKeys.due, "a") == before)
            _ = try await control.pause("a", as: QueuePause(by: "me", reason: nil))
            #expect(try await control.run("a") != nil)
            #expect(try await fixture.messages().count == 3)
            #expect(try await control.run("b") == nil)
            _ = try await fixture.command("SET", fixture.keys.bound, #"{"length": 1, "policy": "refuse"}"#)
            let error = await #expect(throws: JobQueueError.self) { try await control.run("a") }
            #expect(error?.code == .queueFull)
        }
    }

    @Test("there are no more than there may be")
    func bound() async throws {
        try await QueueFixture.with { fixture in
            let fields = (0..<PeriodicScripts.mostJobs).flatMap { ["n\($0)", "{}"] }
            _ = try await fixture.redis.send(
                RedisCommand("HSET", arguments: [fixture.redis.periodicKeys.jobs] + fields)
            )
            #expect(try await PeriodicControl(redis: fixture.redis).add(try QueueFixture.job()) == .tooMany)
        }
    }
}
