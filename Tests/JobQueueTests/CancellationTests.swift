import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Cancelled tasks", .timeLimit(.minutes(1)))
struct CancellationTests {
    /// Starts, records that, and ends only when it is cancelled.
    private func endless(_ record: Record) -> JobRegistry {
        TestJob.registry { arguments, _ in
            record.add("began \(arguments.value)")
            guard arguments.value == "endless" else { return "" }
            try await Task.sleep(for: .seconds(600))
            return ""
        }
    }

    private func isRevoked(_ fixture: QueueFixture, _ id: TaskID, _ reason: String) async throws -> Bool {
        let result = try await fixture.result(id)
        return result?["status"]?.string == "REVOKED" && result?["result"]?["exc_message"] == [.string(reason)]
    }

    @Test("one that runs is ended at once on whatever worker, by the message alone")
    func running() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            var configuration = fixture.configuration
            configuration.lease = .seconds(300)
            configuration.beat = .seconds(100)  // So that no beat can bring it.
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "endless")).taskID
            try await fixture.withWorker(endless(record), configuration: configuration) {
                try await eventually("it runs and the worker listens") {
                    let listeners = try await fixture.command("PUBSUB", "NUMSUB", fixture.keys.cancellations)
                    return record.all == ["began endless"] && listeners[1]?.integer == 1
                }
                try await fixture.producer.cancel(id, in: fixture.queue)
                try await eventually("it has ended", within: .seconds(5)) {
                    try await isRevoked(fixture, id, "terminated")
                }
                #expect(try await fixture.census().isEmpty)
                #expect(try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 0)
            }
        }
    }

    @Test("where the message is lost, a beat ends it")
    func beat() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "endless")).taskID
            try await fixture.withWorker(endless(record)) {
                try await eventually("it runs") { record.all == ["began endless"] }
                _ = try await fixture.command("ZADD", fixture.keys.cancelled, 99_999_999_999_999, id.rawValue)
                try await eventually("it has ended") { try await isRevoked(fixture, id, "terminated") }
            }
        }
    }

    @Test("one that waits, is scheduled or is parked never runs, and its neighbours do")
    func waiting() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let producer = fixture.producer
            let lane = OrderingKey("k")
            let waiting = try await producer.enqueue(TestJob.self, .init(value: "waiting")).taskID
            let scheduled = try await producer.enqueue(
                TestJob.self,
                .init(value: "scheduled"),
                options: EnqueueOptions(delay: .milliseconds(200))
            ).taskID
            var parked: [TaskID] = []
            for value in ["first", "parked", "last"] {
                let options = EnqueueOptions(orderingKey: lane)
                parked.append(try await producer.enqueue(TestJob.self, .init(value: value), options: options).taskID)
            }
            for id in [waiting, scheduled, parked[1]] { try await producer.cancel(id, in: fixture.queue) }
            try await fixture.withWorker(endless(record)) {
                try await eventually("all have ended") {
                    let isEmpty = try await fixture.census().isEmpty
                    return isEmpty && record.all == ["began first", "began last"]
                }
                for id in [waiting, scheduled, parked[1]] { #expect(try await isRevoked(fixture, id, "revoked")) }
                #expect(try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 0)
            }
        }
    }

    @Test("all of an ordering key: what runs is told why it ends, what waits is counted and dropped, others go on")
    func lane() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let lane = try #require(OrderingKey("k"))
            let registry = TestJob.registry { arguments, context in
                record.add(arguments.value)
                guard arguments.value == "running" else { return "" }
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    record.add(context.isRevoked ? "revoked" : "ended")
                }
                return ""
            }
            let options = EnqueueOptions(orderingKey: lane)
            var ids: [TaskID] = []
            for value in ["running", "second", "third"] {
                ids.append(
                    try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options).taskID
                )
            }
            try await fixture.withWorker(registry) {
                try await eventually("two wait for one that runs") {
                    let parked = try await fixture.command("LLEN", fixture.keys.parked(lane)).integer
                    return parked == 2 && record.all == ["running"]
                }
                let found = try await fixture.producer.cancelAll(of: lane, in: fixture.queue)
                #expect(found == CancelledLane(holder: ids[0], dropped: 2))
                try await eventually("nothing is left") { try await fixture.census().isEmpty }
                #expect(record.all == ["running", "revoked"])
                let after = try await fixture.producer.cancelAll(of: lane, in: fixture.queue)
                #expect(after == CancelledLane(holder: nil, dropped: 0))
                try await fixture.producer.enqueue(TestJob.self, .init(value: "new"), options: options)
                try await eventually("the key is free") { record.all.last == "new" }
                try await eventually("nothing is left") { try await fixture.census().isEmpty }
                #expect(try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 0)
            }
        }
    }

    @Test("all of an ordering key: a holder that waits for its retry holds it no more, and never runs again")
    func restingLane() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let lane = try #require(OrderingKey("k"))
            let registry = TestJob.registry { arguments, context in
                record.add("\(arguments.value) \(context.attempt)")
                if arguments.value == "failing" { throw RetryAfter(delay: .milliseconds(1_500)) }
                return ""
            }
            let options = EnqueueOptions(orderingKey: lane)
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "failing"), options: options).taskID
            try await fixture.withWorker(registry) {
                try await eventually("it waits for its retry") {
                    try await fixture.command("ZCARD", fixture.keys.scheduled).integer == 1
                }
                let found = try await fixture.producer.cancelAll(of: lane, in: fixture.queue)
                #expect(found == CancelledLane(holder: id, dropped: 0))
                try await fixture.producer.enqueue(TestJob.self, .init(value: "new"), options: options)
                try await eventually("the next one runs meanwhile") { record.all == ["failing 1", "new 1"] }
                try await eventually("it has ended") { try await isRevoked(fixture, id, "revoked") }
                #expect(record.all == ["failing 1", "new 1"])
            }
        }
    }

    /// An error after which the task is tried again so much later.
    private struct RetryAfter: RetryAdvising {
        let delay: Duration
        var retryAdvice: RetryAdvice { .after(delay) }
    }

    @Test("a job that finishes although it was cancelled has succeeded")
    func ignored() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { _, _ in
                record.add("began")
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    record.add("cancelled")
                }
                return "done"
            }
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
            try await fixture.withWorker(registry) {
                try await eventually("it runs") { record.all == ["began"] }
                try await fixture.producer.cancel(id, in: fixture.queue)
                try await eventually("it has ended") { try await fixture.result(id)?["status"]?.string == "SUCCESS" }
                #expect(record.all == ["began", "cancelled"])
                #expect(try await fixture.command("ZCARD", fixture.keys.cancelled).integer == 0)
            }
        }
    }

    @Test("marks of tasks that never turn up are forgotten")
    func forgotten() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.producer.cancel("gone", in: fixture.queue, memory: .milliseconds(1))
            try await eventually("the mark is gone with the next one") {
                try await fixture.producer.cancel("other", in: fixture.queue)
                return try await fixture.command("ZRANGE", fixture.keys.cancelled, 0, -1).array?.count == 1
            }
        }
    }
}
