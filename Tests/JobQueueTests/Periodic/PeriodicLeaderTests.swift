import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Who makes periodic jobs happen")
struct PeriodicLeaderTests {
    @Test("one leads, until it leaves or its lease ends, and nobody else's word counts")
    func leadership() async throws {
        try await QueueFixture.with { fixture in
            let (first, second) = (fixture.leader("one"), fixture.leader("two"))
            guard case .leads(_, nil, [], isNew: true) = try await first.look(),
                case .follows(let wait) = try await second.look()
            else {
                Issue.record("the first leads, the second follows")
                return
            }
            #expect(wait > .seconds(50) && wait <= .seconds(60))
            try await second.leave()
            #expect(try await fixture.command("GET", fixture.redis.periodicKeys.leader).string == "one")
            try await first.leave()
            guard case .leads = try await second.look() else {
                Issue.record("the second leads")
                return
            }
        }
    }

    @Test("a tick is a task like any other, named by job and time, counted, and the job has gone on")
    func tick() async throws {
        try await QueueFixture.with { fixture in
            var job = try QueueFixture.job(every: .seconds(3_600))
            job.expires = .seconds(600)
            job.priority = 1
            job.orderingKey = OrderingKey("k")
            try await fixture.add(job)
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            let due = try #require(jobs.first)
            #expect(
                try await leader.tick(due, now: now) == .done(PeriodicTick(job, .init(), due: due.due.time, now: now))
            )

            let message = try #require(try await fixture.messages().first)
            let headers = try #require(message["headers"])
            #expect(headers["id"]?.string == "a@\(due.due.time.milliseconds)")
            #expect(headers["task"] == "test.job" && headers["ordering_key"] == "k")
            #expect(headers["periodic_task_name"] == "a")
            #expect(headers["periodic_time"]?.string == due.due.time.text)
            #expect(headers["expires"]?.string == now.advanced(by: .seconds(600)).text)
            #expect(message["properties"]?["priority"] == 1)
            #expect(message["body"]?.string?.hasPrefix(#"[[], {"value":"a"}, "#) == true)
            #expect(try await fixture.command("HGET", fixture.keys.counts, "added").string == "1")
            let listing = try #require(try await PeriodicControl(redis: fixture.redis).list().first)
            #expect(listing.next == job.next(after: now))
            #expect(
                listing.last == due.due.time && listing.count == 1
                    && listing.lastTask?.rawValue == headers["id"]?.string
            )
        }
    }

    @Test("a worker runs it, and the job learns which time it is for")
    func runs() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, context in
                record.add("\(arguments.value) \(context.periodicJob ?? "-") \(context.periodicTime?.text ?? "-")")
                return "done"
            }
            try await fixture.add(try QueueFixture.job())
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            for due in jobs { _ = try await leader.tick(due, now: now) }
            try await fixture.withWorker(registry) {
                try await eventually("its run") { record.all.count == 1 }
            }
            #expect(record.all == ["a a \(jobs.first?.due.time.text ?? "-")"])
        }
    }

    @Test("the leader dies between its look and its tick, or after it: the next one's tick makes it happen once")
    func deadLeader() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.add(try QueueFixture.job("before"))
            try await fixture.add(try QueueFixture.job("after"))
            let first = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: first)
            #expect(jobs.map(\.job.name).sorted() == ["after", "before"])
            for due in jobs where due.job.name == "after" { _ = try await first.tick(due, now: now) }
            // Dead. Its lease ends.
            _ = try await fixture.command("DEL", fixture.redis.periodicKeys.leader)
            let second = fixture.leader("two")
            let found = try await fixture.due(of: second)
            #expect(found.jobs.map(\.job.name) == ["before"])
            for due in found.jobs { _ = try await second.tick(due, now: found.now) }
            let ids = try await fixture.messages().compactMap { $0["headers"]?["id"]?.string }
            #expect(ids.map { $0.prefix { $0 != "@" } } == ["after", "before"])
            #expect(try await fixture.due(of: second).jobs.isEmpty)
        }
    }

    @Test("a leader that comes back from the dead is refused, before and after the other made it happen")
    func zombie() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.add(try QueueFixture.job())
            let zombie = fixture.leader("zombie")
            let (now, jobs) = try await fixture.due(of: zombie)
            let due = try #require(jobs.first)
            // Frozen until its lease is over.
            _ = try await fixture.command("DEL", fixture.redis.periodicKeys.leader)
            await #expect(throws: RedisError.self) { try await zombie.tick(due, now: now) }
            let other = fixture.leader("other")
            let found = try await fixture.due(of: other)
            let again = try #require(found.jobs.first)
            #expect(try await other.tick(again, now: found.now) != .changed)
            do throws(RedisError) {
                _ = try await zombie.tick(due, now: now)
                Issue.record("it is refused")
            } catch {
                #expect(error.prefix == "FENCED")
            }
            #expect(try await fixture.messages().count == 1)
            // And where it leads again, it finds that the time has been seen to.
            _ = try await fixture.command("SET", fixture.redis.periodicKeys.leader, "zombie")
            #expect(try await zombie.tick(due, now: now) == .changed)
            #expect(try await fixture.messages().count == 1)
        }
    }

    @Test("a job that was paused, changed or removed since the look does not happen")
    func changed() async throws {
        try await QueueFixture.with { fixture in
            let control = PeriodicControl(redis: fixture.redis)
            for name in ["paused", "changed", "removed"] { try await fixture.add(try QueueFixture.job(name)) }
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            #expect(jobs.count == 3)
            _ = try await control.pause("paused", as: QueuePause(by: "me", reason: nil))
            var job = try QueueFixture.job("changed")
            job.priority = 2
            _ = try await control.add(job, replacing: true)
            _ = try await control.remove("removed")
            for due in jobs { #expect(try await leader.tick(due, now: now) == .changed) }
            #expect(try await fixture.census() == [:])
            #expect(try await control.list().map(\.name) == ["changed", "paused"])
        }
    }

    @Test("a queue that is full puts a job off; what found room of several is not added twice")
    func full() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.add(try QueueFixture.job(catchUp: .all(atMost: 3), every: .seconds(10)), dueSince: 100)
            _ = try await fixture.command("SET", fixture.keys.bound, #"{"length": 0, "policy": "refuse"}"#)
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            let due = try #require(jobs.first)
            #expect(try await leader.tick(due, now: now) == .full)
            #expect(try await fixture.census() == [:])
            _ = try await fixture.command("DEL", fixture.keys.bound)
            guard case .done(let tick) = try await leader.tick(due, now: now) else {
                Issue.record("there is room")
                return
            }
            #expect(tick.times.count == 3)
            #expect(
                try await fixture.messages().compactMap { $0["headers"]?["periodic_time"]?.string }
                    == tick.times.map(\.text)
            )
        }
    }

    @Test(
        "of several times that are made up for each has one task, though the queue had no room for all of them at once"
    )
    func partlyFull() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.add(try QueueFixture.job(catchUp: .all(atMost: 5), every: .seconds(10)), dueSince: 100)
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            let due = try #require(jobs.first)
            for length in [2, 4] {
                _ = try await fixture.command("SET", fixture.keys.bound, #"{"length": \#(length), "policy": "refuse"}"#)
                #expect(try await leader.tick(due, now: now) == .full)
            }
            _ = try await fixture.command("DEL", fixture.keys.bound)
            guard case .done(let tick) = try await leader.tick(due, now: now) else {
                Issue.record("there is room")
                return
            }
            #expect(
                try await fixture.messages().compactMap { $0["headers"]?["periodic_time"]?.string }.sorted()
                    == tick.times.map(\.text)
            )
        }
    }

    @Test("a time whose deduplication key was seen has a task already, and the job goes on")
    func seen() async throws {
        try await QueueFixture.with { fixture in
            var job = try QueueFixture.job()
            job.seenAs = "rule:a"
            try await fixture.add(job)
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            let due = try #require(jobs.first)
            let options = EnqueueOptions(deduplicationKey: "rule:a:\(due.due.time.milliseconds)")
            try await fixture.producer.enqueue(TestJob.self, .init(value: "before"), options: options)
            guard case .done = try await leader.tick(due, now: now) else {
                Issue.record("it is done")
                return
            }
            #expect(try await fixture.messages().count == 1)
            #expect(try await fixture.due(of: leader).jobs.isEmpty)
        }
    }

    @Test("jitter puts a task off within the scheduled set, priorities have their lists")
    func jitter() async throws {
        try await QueueFixture.with { fixture in
            var job = try QueueFixture.job()
            job.jitter = .seconds(1_000)
            try await fixture.add(job)
            var low = try QueueFixture.job("low")
            low.priority = 7
            try await fixture.add(low)
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            for due in jobs { _ = try await leader.tick(due, now: now) }
            #expect(try await fixture.census() == ["scheduled": 1, "by priority": 1])
            let score = try await fixture.command("ZRANGE", fixture.keys.scheduled, 0, -1, "WITHSCORES")[1]?.string
            let due = try #require(jobs.first { $0.job.name == "a" })
            #expect(score.flatMap { Int64($0) } == now.advanced(by: job.delay(at: due.due.time)).milliseconds)
        }
    }

    @Test("where Redis is out of memory a tick is refused whole, and happens once there is room")
    func memory() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.add(try QueueFixture.job())
            let leader = fixture.leader("one")
            let (now, jobs) = try await fixture.due(of: leader)
            let due = try #require(jobs.first)
            _ = try await fixture.command("CONFIG", "SET", "maxmemory", "1")
            do throws(RedisError) {
                _ = try await leader.tick(due, now: now)
                Issue.record("it is refused")
            } catch {
                #expect(error.prefix == "OOM")
            }
            _ = try await fixture.command("CONFIG", "SET", "maxmemory", "0")
            #expect(try await fixture.census() == [:])
            #expect(try await leader.tick(due, now: now) != .changed)
            #expect(try await fixture.messages().count == 1)
        }
    }
}
