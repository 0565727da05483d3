import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Ordering keys: a task that supersedes", .timeLimit(.minutes(1)))
struct SupersedeTests {
    private func add(_ fixture: QueueFixture, _ value: String, _ policy: LanePolicy = .supersede) async throws {
        let options = EnqueueOptions(
            orderingKey: OrderingKey(wire: "k"),
            whileBusy: policy,
            taskID: TaskID(value)
        )
        try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options)
    }

    @Test("it cancels the task that runs, takes the place of those that wait, and runs next")
    func running() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add("begins \(arguments.value)")
                if arguments.value == "1" {
                    do {
                        try await Task.sleep(for: .seconds(600))
                    } catch {
                        record.add("cancelled")
                        throw error
                    }
                }
                return ""
            }
            try await fixture.withWorker(registry) {
                try await add(fixture, "1")
                try await eventually("the first runs") { record.all == ["begins 1"] }
                try await add(fixture, "2", .queue)
                try await eventually("the second waits") {
                    try await fixture.census() == ["inflight": 1, "parked": 1]
                }
                try await add(fixture, "3")
                try await eventually("the third ran") { record.all == ["begins 1", "cancelled", "begins 3"] }
                try await eventually("all are settled") { try await fixture.census().isEmpty }
            }
            #expect(try await fixture.result("1")?["status"] == "REVOKED")
            #expect(try await fixture.command("KEYS", "{work}:lane*").array?.isEmpty == true)
        }
    }

    @Test("it does not wait for a retry of the task before it, which ends when its time comes")
    func resting() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, context in
                record.add("\(arguments.value) \(context.attempt)")
                if arguments.value == "1" { throw Later() }
                return ""
            }
            try await add(fixture, "1")
            try await fixture.withWorker(registry) {
                try await eventually("it waits for its retry") { try await fixture.census() == ["scheduled": 1] }
                try await add(fixture, "2")
                try await eventually("the next ran") { record.all == ["1 1", "2 1"] }
                let message = try await fixture.command("ZRANGE", fixture.keys.scheduled, 0, 0)[0]?.bytes ?? []
                _ = try await fixture.command("ZADD", fixture.keys.scheduled, 1, message)
                try await eventually("all are settled") { try await fixture.census().isEmpty }
            }
            #expect(record.all == ["1 1", "2 1"])
            #expect(try await fixture.result("1")?["status"] == "REVOKED")
            #expect(try await fixture.command("KEYS", "{work}:lane*").array?.isEmpty == true)
        }
    }

    @Test("one that ended just as it was superseded leaves no mark behind")
    func raced() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await add(fixture, "1")
            _ = try await worker.cycle(fetching: 1)
            try await add(fixture, "2")
            _ = try await worker.cycle(fetching: 1, firstTag: 2)
            #expect(try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 1)
            var ended = Settlement(tag: 1)
            ended.leavesLane = OrderingKey(wire: "k")
            ended.taskID = "1"
            #expect(try await worker.cycle([ended], fetching: 1, firstTag: 3).messages.count == 1)
            #expect(try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 0)
        }
    }

    private struct Later: RetryAdvising {
        var retryAdvice: RetryAdvice { .after(.seconds(600)) }
    }
}
