import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Jobs that do not heed their cancellation", .timeLimit(.minutes(1)))
struct HardLimitTests {
    /// Says what it sees, and goes on until the gate is open.
    private struct Stubborn: Job {
        static let name: TaskName = "test.stubborn"
        static let queue: QueueName = "work"
        static let hardTimeLimit = timeLimit + .milliseconds(100)
        let gate: Gate
        let record: Record

        func run(_ arguments: NoArguments, in context: JobContext) async throws -> String {
            record.add("began")
            await gate.pass()
            record.add("ended")
            return "late"
        }
    }

    private func registry(_ gate: Gate, _ record: Record) -> JobRegistry {
        var registry = TestJob.registry { arguments, _ in
            record.add(arguments.value)
            return ""
        }
        registry.register(Stubborn(gate: gate, record: record))
        return registry
    }

    @Test("at the hard limit the attempt has failed, its place is free, and what it returns later is dropped")
    func hardLimit() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            let record = Record()
            var configuration = fixture.steadyConfiguration
            configuration.concurrency = 1
            try await fixture.withWorker(registry(gate, record), configuration: configuration) {
                let limit = TaskTimeLimit(hard: .milliseconds(120), soft: .milliseconds(60))
                try await fixture.producer.enqueue(
                    Stubborn.self,
                    NoArguments(),
                    options: EnqueueOptions(timeLimit: limit, taskID: "stubborn")
                )
                try await fixture.producer.enqueue(TestJob.self, .init(value: "next"))
                try await eventually("the next one runs") { record.all.count == 2 }
                // On a busy machine its limit may be over before its code has said so.
                #expect(Set(record.all) == ["began", "next"])
                let result = try #require(try await fixture.result("stubborn"))
                #expect(result["status"] == "FAILURE")
                #expect(result["result"]?["exc_type"] == "TimeLimitExceeded")
                #expect(result["result"]?["exc_message"] == [0.12])
                try await eventually("all is settled") { try await fixture.census() == ["dead": 1] }

                gate.open()
                try await eventually("the code has ended") { record.all.last == "ended" }
                try await fixture.producer.enqueue(TestJob.self, .init(value: "after"))
                try await eventually("the place is not given twice, and the worker goes on") {
                    let census = try await fixture.census()
                    return record.all.last == "after" && census == ["dead": 1]
                }
                #expect(try await fixture.result("stubborn")?["status"] == "FAILURE")
            }
        }
    }

    @Test("one that was cancelled and goes on is revoked after the grace")
    func cancelled() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            let record = Record()
            defer { gate.open() }
            try await fixture.withWorker(registry(gate, record)) {
                let id = try await fixture.producer.enqueue(Stubborn.self, NoArguments()).taskID
                try await eventually("it runs") { record.all == ["began"] }
                try await fixture.producer.cancel(id, in: fixture.queue)
                try await eventually("it is revoked") { try await fixture.result(id)?["status"] == "REVOKED" }
                #expect(record.all == ["began"])
                #expect(try await fixture.census() == [:])
            }
        }
    }

    @Test("a stop does not wait for code whose attempt is over")
    func stop() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            let record = Record()
            defer { gate.open() }
            var configuration = fixture.steadyConfiguration
            configuration.gracePeriod = .seconds(600)
            let life = try await fixture.life(registry(gate, record), configuration)
            try await fixture.run(life) { _ in
                let id = try await fixture.producer.enqueue(Stubborn.self, NoArguments()).taskID
                try await eventually("it runs") { record.all == ["began"] }
                try await fixture.producer.cancel(id, in: fixture.queue)
                try await eventually("it is over") { life.consumers[0].running.count == 0 }
            }
            #expect(record.all == ["began"])
            #expect(try await fixture.command("EXISTS", fixture.keys.workers).integer == 0)
        }
    }
}
