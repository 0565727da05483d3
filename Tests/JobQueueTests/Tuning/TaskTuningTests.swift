import JSON
import TestSupport
import Testing

@testable import JobQueue

@Suite("Limits of tasks, changed in a running worker", .timeLimit(.minutes(1)))
struct TaskTuningTests {
    @Test("a time limit holds for attempts that begin after it, and goes again")
    func timeLimit() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add("start \(arguments.value)")
                if arguments.value == "quick" { return "" }
                try await Task.sleep(for: .seconds(60))
                return ""
            }
            let life = try await fixture.life(registry, fixture.steadyConfiguration)
            try await fixture.run(life) { _ in
                let before = try await fixture.producer.enqueue(TestJob.self, .init(value: "before"))
                try await eventually("it runs") { record.all == ["start before"] }
                try life.tuning.setTimeLimit(TestJob.name, hard: .seconds(30), soft: .milliseconds(20))
                let after = try await fixture.producer.enqueue(TestJob.self, .init(value: "after"))
                try await eventually("it is over its time") {
                    try await fixture.result(after.taskID)?["status"] == "FAILURE"
                }
                #expect(try await fixture.result(before.taskID) == nil)
                try life.tuning.setTimeLimit(TestJob.name, hard: nil)
                let quick = try await fixture.producer.enqueue(TestJob.self, .init(value: "quick"))
                try await eventually("it ends well") {
                    try await fixture.result(quick.taskID)?["status"] == "SUCCESS"
                }
                life.consumers[0].running.cancelAll(.shutdown)
            }
        }
    }

    @Test("what a message brings counts before what the worker was told, and that before the job's own")
    func precedence() throws {
        let registry = TestJob.registry { _, _ in "" }
        let job = try #require(registry[TestJob.name])
        let tuning = TaskTuning()
        let own = TaskTimeLimit(hard: .seconds(9), soft: .seconds(8))
        #expect(tuning.begin(TestJob.name, TaskTimeLimit(), job) == TimeLimits(TaskTimeLimit(), job))
        tuning.set(TaskTimeLimit(hard: .seconds(5), soft: .seconds(7)), for: TestJob.name)
        #expect(tuning.begin(TestJob.name, TaskTimeLimit(), job).hard == .seconds(5))
        #expect(tuning.begin(TestJob.name, TaskTimeLimit(), job).soft == .seconds(5))
        #expect(tuning.begin(TestJob.name, own, job).hard == .seconds(9))
        #expect(tuning.accepted == [TestJob.name: 4])
    }

    @Test("a task that no job of the worker has is refused, and so is a limit of nothing")
    func unknown() async throws {
        try await QueueFixture.with { fixture in
            let registry = TestJob.registry { _, _ in "" }
            let tuning = WorkerTuning(fixture.configuration, registry: registry, redis: fixture.redis)
            #expect(throws: WorkerTuningError(.unknownTask)) { try tuning.setTimeLimit("other", hard: .seconds(1)) }
            #expect(throws: WorkerTuningError(.invalidTimeLimit)) {
                try tuning.setTimeLimit(TestJob.name, hard: .zero)
            }
            await #expect(throws: WorkerTuningError(.unknownTask)) {
                try await tuning.setRateLimit("other", TaskRate("1/s"))
            }
        }
    }

    @Test("a rate becomes the fleet's limit in each queue, beside the bound on how many run at once, and goes alone")
    func rate() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.configuration
            configuration.queues = ["work", "other"]
            let limits = QueueLimits(redis: fixture.redis)
            let name = LimitName.task(TestJob.name)
            try await limits.set(QueueLimit(concurrency: 3), for: name, in: "other")
            let tuning = WorkerTuning(configuration, registry: TestJob.registry { _, _ in "" }, redis: fixture.redis)
            try await tuning.setRateLimit(TestJob.name, TaskRate("10/m"))
            let rate = QueueLimit.Rate(10, per: .seconds(60), burst: 1)
            #expect(try await limits.all(of: "work") == [name: QueueLimit(rate: rate)])
            #expect(try await limits.all(of: "other") == [name: QueueLimit(concurrency: 3, rate: rate)])
            try await tuning.setRateLimit(TestJob.name, .unlimited)
            #expect(try await limits.all(of: "work").isEmpty)
            #expect(try await limits.all(of: "other") == [name: QueueLimit(concurrency: 3)])
            fixture.server.kill()
            await #expect(throws: WorkerTuningError(.unavailable)) {
                try await tuning.setRateLimit(TestJob.name, TaskRate(perSecond: 1))
            }
        }
    }
}
