import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Tasks whose worker died", .timeLimit(.minutes(1)))
struct CrashPolicyTests {
    struct Failing: Job {
        static let name: TaskName = "test.failing"
        static let queue: QueueName = "work"
        static let afterCrash = CrashPolicy.fail
        let work: @Sendable (JobContext) async throws -> Void

        func run(_ arguments: NoArguments, in context: JobContext) async throws -> String {
            try await work(context)
            return "ran"
        }
    }

    struct Buried: Job {
        static let name: TaskName = "test.buried"
        static let queue: QueueName = "work"
        static let afterCrash = CrashPolicy.dead
        func run(_ arguments: NoArguments, in context: JobContext) async throws -> String { "ran" }
    }

    struct Bounded: Job {
        static let name: TaskName = "test.bounded"
        static let queue: QueueName = "work"
        static let maximumDeliveries: Int? = 2
        func run(_ arguments: NoArguments, in context: JobContext) async throws -> String { "ran" }
    }

    private func registry(_ work: @escaping @Sendable (JobContext) async throws -> Void = { _ in }) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(Failing(work: work))
        registry.register(Buried())
        registry.register(Bounded())
        return registry
    }

    /// The result of a task that so many workers died holding.
    private func result<J: Job>(_ fixture: QueueFixture, _ job: J.Type, crashes: Int) async throws -> JSONValue
    where J.Arguments == NoArguments {
        let id = TaskID("\(J.name)-\(crashes)")
        _ = try await fixture.command("HSET", fixture.keys.deliveries, id.rawValue, crashes)
        try await fixture.producer.enqueue(job, NoArguments(), options: EnqueueOptions(taskID: id))
        try await eventually("the end of \(id)") { try await fixture.result(id) != nil }
        #expect(try await fixture.command("HEXISTS", fixture.keys.deliveries, id.rawValue).integer == 0)
        return try #require(try await fixture.result(id))
    }

    @Test("run again, fail or go to the dead list, as their job says")
    func policies() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withWorker(registry()) {
                let failed = try await result(fixture, Failing.self, crashes: 1)
                #expect(failed["status"] == "FAILURE")
                #expect(failed["result"]?["exc_type"] == "WorkerLostError")
                #expect(failed["result"]?["exc_message"] == ["a worker died while it held this task"])
                #expect(try await fixture.census() == [:])

                let buried = try await result(fixture, Buried.self, crashes: 1)
                #expect(buried["result"]?["exc_type"] == "WorkerLostError")
                try await eventually("a dead letter") { try await fixture.census() == ["dead": 1] }

                #expect(try await result(fixture, Bounded.self, crashes: 1)["result"] == "ran")
                let bounded = try await result(fixture, Bounded.self, crashes: 2)
                #expect(bounded["result"]?["exc_message"] == ["2 workers died while they held this task"])
                try await eventually("a dead letter") { try await fixture.census() == ["dead": 2] }
            }
        }
    }

    @Test("a job that must not run twice does not, although its worker was lost in the middle")
    func once() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            defer { gate.open() }
            let record = Record()
            let registry = registry { _ in
                record.add("ran")
                await gate.pass()
            }
            var configuration = fixture.configuration
            configuration.lease = .seconds(5)
            let lost = try await fixture.life(registry, configuration)
            let id = try await fixture.producer.enqueue(Failing.self, NoArguments()).taskID
            try await withThrowingTaskGroup(of: WorkerLife.Ending.self) { group in
                group.addTask { await lost.run(until: StopRequest()) }
                try await eventually("it runs") { record.all == ["ran"] }
                try await fixture.expire(lost.incarnation)
                try await fixture.withWorker(registry, configuration: configuration) {
                    try await eventually("it has failed") {
                        try await fixture.result(id)?["result"]?["exc_type"] == "WorkerLostError"
                    }
                    #expect(try await group.next() == .leaseLost)
                }
            }
            #expect(record.all == ["ran"])
            #expect(try await fixture.census() == [:])
        }
    }

    @Test("while Redis cannot tell whether a worker died, one that must not run twice waits, and others run")
    func unknownMarks() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            _ = try await fixture.command("HSET", fixture.keys.deliveries, "other", 1, "waiting", 1)
            _ = try await fixture.command("ACL", "SETUSER", "default", "-hmget")
            try await fixture.withWorker(registry { _ in record.add("ran") }) {
                let waiting = EnqueueOptions(taskID: "waiting")
                try await fixture.producer.enqueue(Failing.self, NoArguments(), options: waiting)
                try await eventually("it waits") { try await fixture.census() == ["scheduled": 1] }
                let plain = try await fixture.producer.enqueue(Failing.self, NoArguments()).taskID
                try await eventually("both wait") { try await fixture.census() == ["scheduled": 2] }

                _ = try await fixture.command("ACL", "SETUSER", "default", "+hmget")
                try await eventually("one runs") { try await fixture.result(plain)?["status"] == "SUCCESS" }
                try await eventually("one has failed") { try await fixture.result("waiting")?["status"] == "FAILURE" }
                #expect(record.all == ["ran"])
            }
        }
    }

    @Test("what is remembered of a task's deaths ends with the task, also where nobody could be asked for it")
    func unknownMarksEnd() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("HSET", fixture.keys.deliveries, "other", 1, "survivor", 1)
            _ = try await fixture.command("HSET", fixture.keys.journal(of: "survivor"), "step", "1")
            _ = try await fixture.command("ACL", "SETUSER", "default", "-hmget")
            try await fixture.withWorker(TestJob.registry { _, _ in "ran" }) {
                let options = EnqueueOptions(taskID: "survivor")
                try await fixture.producer.enqueue(TestJob.self, .init(value: ""), options: options)
                try await eventually("its end") { try await fixture.result("survivor")?["status"] == "SUCCESS" }
                let left = try await fixture.command("HKEYS", fixture.keys.deliveries).array?.compactMap(\.string)
                #expect(left == ["other"])
                try await eventually("the end of its steps") {
                    try await fixture.command("EXISTS", fixture.keys.journal(of: "survivor")).integer == 0
                }
            }
        }
    }

    @Test("a retry forgets no cancellation that nobody could be asked for")
    func unknownMarksOfRetry() throws {
        let task = NewTask(id: "task", name: "test.job", queue: "work", keywordArguments: Array("{}".utf8))
        let message = try TaskMessage(decoding: task.encoded(origin: "test"))
        func settlement(_ outcome: Outcome, areMarksKnown: Bool) -> Settlement? {
            var delivery = Delivery.sample(tag: 1)
            delivery.areMarksKnown = areMarksKnown
            return .after(outcome, of: delivery, message, storing: false)
        }
        let retry = Outcome.retry(after: .zero, spending: 1, TaskFailure(type: "Unlucky", message: ""))
        #expect(settlement(retry, areMarksKnown: false)?.forgetsMarksOf == nil)
        #expect(settlement(.succeeded(result: []), areMarksKnown: false)?.forgetsMarksOf == "task")
        #expect(settlement(.succeeded(result: []), areMarksKnown: true)?.forgetsMarksOf == nil)
    }
}
