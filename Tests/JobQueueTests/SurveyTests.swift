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
            let before = try await survey(fixture)
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
            try await fixture.reap { $0.maximumDeliveries = 1 }
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
}
