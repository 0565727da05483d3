import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Surveys: every task is in one place", .timeLimit(.minutes(1)))
struct SurveyTests {
    private func survey(_ fixture: QueueFixture) async throws -> QueueSurvey {
        try await QueueSurvey(of: fixture.keys, hasPriorities: true, beginsCount: true, redis: fixture.redis)
    }

    private func unaccounted(_ fixture: QueueFixture) async throws -> Int { try await survey(fixture).unaccounted }

    /// What may happen to a task, one thing of each kind, checked after each.
    @Test("what is added, moved, retried, dropped, dies, is purged and ends leaves nothing unaccounted")
    func conserved() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(3)  // there before anybody counted
            #expect(try await unaccounted(fixture) == 0)
            let lane = EnqueueOptions(orderingKey: OrderingKey(wire: "k"))
            var latest = lane
            latest.whileBusy = .latest
            var drop = lane
            drop.whileBusy = .drop
            let burst = EnqueueOptions(debounce: Debounce(key: "d", wait: .seconds(60), longestWait: .seconds(60)))
            let others: [EnqueueOptions] = [
                lane, lane, latest, drop, burst, burst, EnqueueOptions(delay: .seconds(60)),
                EnqueueOptions(priority: 9),
            ]
            for options in others {
                try await fixture.producer.enqueue(TestJob.self, .init(value: ""), options: options)
            }
            _ = try await fixture.redis.send(RedisCommand("ZADD", fixture.keys.outbox, 1, "an entry"))
            let before = try await survey(fixture)
            #expect(before.outbox == 1)
            #expect(before.unaccounted == 0)
            #expect(before.ready == 8)
            #expect(before.scheduled == 2)
            #expect((0...60_000).contains(try #require(before.oldestWait).milliseconds))

            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            let first = try await worker.cycle(fetching: 9)
            let held = try await survey(fixture)
            #expect(held.unaccounted == 0)
            #expect(held.inFlight == 5)
            #expect(held.parked == 1)

            var later = Settlement(tag: 2, action: .later)
            later.due = first.time.advanced(by: .seconds(60))
            later.payload = try TaskMessage(decoding: first.messages[1]).retried(at: first.time, spending: 1)
            var dead = Settlement(tag: 3, action: .dead)
            dead.payload = DeadLetter.failed(
                try TaskMessage(decoding: first.messages[2]),
                TaskFailure(type: "T", message: ""),
                crashes: 0,
                at: first.time
            )
            // The second telling changes nothing.
            for _ in 0..<2 { _ = try await worker.cycle([Settlement(tag: 1), later, dead], firstTag: 20) }
            #expect(try await unaccounted(fixture) == 0)
            let control = QueueControl(redis: fixture.redis)
            _ = try await control.retryDeadLetters(of: fixture.queue, matching: DeadLetterFilter())
            #expect(try await unaccounted(fixture) == 0)
            try await worker.expire()
            try await fixture.reap()
            #expect(try await unaccounted(fixture) == 0)
            for place in QueueControl.Place.allCases { _ = try await control.purge(place, of: fixture.queue) }
            #expect(try await unaccounted(fixture) == 0)
            try await QueueLimits(redis: fixture.redis).setBound(
                QueueBound(length: 1, policy: .dropOldest),
                of: fixture.queue
            )
            try await fixture.push(3)
            let after = try await survey(fixture)
            #expect(after.ready == 1)
            #expect(after.unaccounted == 0)
        }
    }

    @Test("a task that somebody takes away is missing, and one that another producer pushed is beyond the count")
    func taken() async throws {
        try await QueueFixture.with { fixture in
            #expect(try await unaccounted(fixture) == 0)
            try await fixture.push(3)
            _ = try await fixture.command("RPOP", fixture.keys.ready)
            #expect(try await unaccounted(fixture) == -1)
            let foreign = try #require(try CeleryFixture.envelopes("task-simple").first)
            _ = try await fixture.command("LPUSH", fixture.keys.ready, foreign, "no message")
            #expect(try await unaccounted(fixture) == 1)
            try await fixture.withWorker(TestJob.registry { _, _ in "" }) {
                try await eventually("they are settled") { try await fixture.census() == ["dead": 2] }
                #expect(try await unaccounted(fixture) == -1)
            }
        }
    }

    @Test("what other producers pushed does not miss when it is done, be it there as the count begins or not")
    func foreign() async throws {
        try await QueueFixture.with { fixture in
            let foreign = try #require(try CeleryFixture.envelopes("task-simple").first)
            try await fixture.push(2)
            _ = try await fixture.command("LPUSH", fixture.keys.ready, foreign, foreign, "no message")
            #expect(try await survey(fixture).ready == 5)
            #expect(try await unaccounted(fixture) == 3)
            for _ in 0..<2 {
                try await fixture.withWorker(TestJob.registry { _, _ in "" }) {
                    try await eventually("all are settled") {
                        try await fixture.census().keys.allSatisfy { $0 == "dead" }
                    }
                }
                #expect(try await unaccounted(fixture) == 0)
                _ = try await fixture.command("LPUSH", fixture.keys.ready, foreign, foreign)
                #expect(try await unaccounted(fixture) == 2)
            }
            // As kombu writes one anew that it puts back.
            try await fixture.push(1)
            let ours = try #require(try await fixture.command("LPOP", fixture.keys.ready).bytes)
            _ = try await fixture.command("DEL", fixture.keys.ready, fixture.keys.counts)
            let anew = String(decoding: ours, as: UTF8.self).replacing(#""lang":"swift""#, with: #""lang": "swift""#)
            _ = try await fixture.command("LPUSH", fixture.keys.ready, anew)
            #expect(try await unaccounted(fixture) == 0)
            _ = try await fixture.command("DEL", fixture.keys.ready)
            #expect(try await unaccounted(fixture) == -1)
        }
    }

    @Test("where it cannot be told whose the tasks are, nothing is said until it can")
    func uncertain() async throws {
        try await QueueFixture.with { fixture in
            let foreign = try #require(try CeleryFixture.envelopes("task-simple").first)
            try await fixture.push(1)
            let many = [fixture.keys.ready] + Array(repeating: String(decoding: foreign, as: UTF8.self), count: 1_000)
            _ = try await fixture.redis.send(RedisCommand("LPUSH", arguments: many))
            for _ in 0..<2 { #expect(try await unaccounted(fixture) == 0) }
            _ = try await fixture.command("LTRIM", fixture.keys.ready, 0, 9)
            #expect(try await unaccounted(fixture) == 10, "ours is gone, before anybody could know")
            try await fixture.push(1)
            _ = try await fixture.command("DEL", fixture.keys.ready)
            #expect(try await unaccounted(fixture) == -1)
        }
    }
}
