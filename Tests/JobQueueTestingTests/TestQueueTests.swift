import JobQueue
import JobQueueTesting
import NIOConcurrencyHelpers
import Testing

/// What jobs did, in order.
final class Record: Sendable {
    private let entries = NIOLockedValueBox<[String]>([])
    var all: [String] { entries.withLockedValue { $0 } }
    func add(_ entry: String) { entries.withLockedValue { $0.append(entry) } }
}

/// A job whose work a test gives.
struct Work: Job {
    struct Arguments: Codable, Sendable, Equatable { var value: String }

    static let name: TaskName = "test.work"
    static let parameters = ["value"]
    static let queue: QueueName = "work"
    static let retry = RetryPolicy.exponential(base: .seconds(10), cap: .seconds(30), maximumRetries: 3)

    let work: @Sendable (Arguments, JobContext) async throws -> String

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
        try await work(arguments, context)
    }
}

struct Trouble: Error, Equatable { var number: Int }

@Suite("A queue in memory for tests", .timeLimit(.minutes(1)))
struct TestQueueTests {
    let record = Record()

    func queue(
        middleware: [any RunMiddleware] = [],
        payload: (any PayloadCoding)? = nil,
        _ work: @escaping @Sendable (Work.Arguments, JobContext) async throws -> String
    ) -> TestQueue {
        var jobs = JobRegistry()
        jobs.register(Work(work: work))
        return TestQueue(jobs: jobs, middleware: middleware, payload: payload)
    }

    @discardableResult
    func enqueue(_ value: String, _ queue: TestQueue, _ options: EnqueueOptions = .init()) async throws
        -> TaskID
    {
        try await queue.producer.enqueue(Work.self, .init(value: value), options: options).taskID
    }

    // MARK: What was enqueued

    @Test("what was enqueued is told with its arguments and options, and nothing runs by itself")
    func enqueued() async throws {
        let queue = queue { _, _ in "" }
        let limit = try #require(LimitName("tenant:acme"))
        let options = EnqueueOptions(
            queue: "other",
            delay: .seconds(90),
            expiresAfter: .seconds(300),
            deduplicationKey: "d",
            orderingKey: OrderingKey("k"),
            whileBusy: .latest,
            fairnessKey: FairnessKey("acme"),
            priority: 2,
            limits: [limit: 2],
            uniqueness: Uniqueness(key: "u", until: .ended),
            parentID: "p"
        )
        let id = try await enqueue("a", queue, options)
        let task = try queue.onlyEnqueued(Work.self)
        #expect(task.id == id && task.arguments == .init(value: "a") && task.queue == "other")
        #expect(task.delay == .seconds(90) && task.due == queue.now.advanced(by: .seconds(90)))
        #expect(task.expires == queue.now.advanced(by: .seconds(300)))
        #expect(task.orderingKey == OrderingKey("k") && task.whileBusy == .latest && task.priority == 2)
        #expect(task.limits == [limit: 2] && task.uniqueness?.key == "u" && task.deduplicationKey == "d")
        #expect(task.parentID == "p" && task.fairnessKey == FairnessKey("acme") && task.timeLimit == TaskTimeLimit())
        #expect(queue.state(of: id) == .scheduled(queue.now.advanced(by: .seconds(90))))
        try await enqueue("b", queue)
        #expect(try queue.enqueued(Work.self).map(\.arguments.value) == ["a", "b"])
        #expect(try queue.enqueued(Work.self)[1].delay == nil)
        #expect(throws: TestQueueMisuse.notOne(2, of: Work.name, all: [Work.name, Work.name])) {
            try queue.onlyEnqueued(Work.self)
        }
        queue.forgetEnqueued()
        #expect(queue.enqueuedNames.isEmpty && queue.unfinishedCount == 2)
    }

    @Test("options and arguments are refused as a real producer refuses them")
    func refusals() async throws {
        let queue = queue { _, _ in "" }
        let first = await #expect(throws: JobQueueError.self) {
            try await enqueue("a", queue, EnqueueOptions(priority: 12))
        }
        #expect(first?.code == .invalidOptions)
        let large = String(repeating: "x", count: JobProducer.maximumArgumentBytes)
        let second = await #expect(throws: JobQueueError.self) { try await enqueue(large, queue) }
        #expect(second?.code == .tooLarge)
        #expect(queue.enqueuedNames.isEmpty)
    }

    // MARK: Running

    @Test("tasks run in their order, what they enqueue after them, and results are those of the jobs")
    func order() async throws {
        let queue = queue { [record] arguments, context in
            record.add(arguments.value)
            if arguments.value == "a" {
                try await context.enqueue(Work.self, .init(value: "child"), options: .init(taskID: "child"))
            }
            return arguments.value.uppercased()
        }
        let id = try await enqueue("a", queue)
        try await enqueue("b", queue)
        let attempts = try await queue.runAll()
        #expect(record.all == ["a", "b", "child"])
        #expect(attempts.map(\.outcome) == [.succeeded, .succeeded, .succeeded])
        #expect(try queue.result(of: id, as: String.self) == "A")
        #expect(queue.state(of: id) == .succeeded)
        #expect(try queue.enqueued(Work.self).last?.parentID == id)
        #expect(queue.unfinishedCount == 0)
    }

    @Test("a retry waits as long as the policy's bound says, and the clock is moved by the test alone")
    func retries() async throws {
        let queue = queue { [record] _, context in
            record.add("\(context.attempt), \(context.retriesLeft) left")
            if context.attempt < 3 { throw Trouble(number: context.attempt) }
            return ""
        }
        let start = queue.now
        let id = try await enqueue("", queue)
        let first = try await queue.runAll()
        #expect(first.map(\.outcome) == [.retried(at: start.advanced(by: .seconds(10)))])
        #expect(first[0].error as? Trouble == Trouble(number: 1))
        #expect(try await queue.runAll().isEmpty)
        #expect(try await queue.advance(by: .milliseconds(9_999)).isEmpty)
        let second = try await queue.advance(by: .milliseconds(1))
        #expect(second.map(\.outcome) == [.retried(at: start.advanced(by: .seconds(30)))])
        #expect(second.map(\.number) == [2])
        #expect(queue.now == start.advanced(by: .seconds(10)))
        let third = try await queue.advance(by: .seconds(3_600))
        #expect(third.map(\.time) == [start.advanced(by: .seconds(30))])
        #expect(queue.state(of: id) == .succeeded)
        #expect(queue.now == start.advanced(by: .seconds(3_610)))
        #expect(record.all == ["1, 3 left", "2, 2 left", "3, 1 left"])
    }

    @Test("a task that fails for good ends the test with its reason, unless the test asks for it")
    func failures() async throws {
        let queue = queue { arguments, _ in throw Trouble(number: 7) }
        let id = try await enqueue("a", queue)
        let error = await #expect(throws: TasksFailed.self) { try await queue.runToEnd() }
        #expect(error?.attempts.map(\.number) == [4])
        let reason = "test.work (\(id)), attempt 4, failed for good: Trouble: Trouble(number: 7) [Trouble(number: 7)]"
        #expect(error.map { "\($0)" } == reason)
        #expect(queue.failures.map(\.failure.type) == ["Trouble"])
        try await enqueue("b", queue)
        let attempts = try await queue.runToEnd(.returned)
        #expect(attempts.compactMap(\.failure?.type) == ["Trouble"])
        #expect(queue.unfinishedCount == 0)
    }

    @Test("a task without a job, and one whose arguments do not fit, fail as they do in a worker")
    func strangers() async throws {
        struct Unknown: Job {
            static let name: TaskName = "unknown"
            func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
        }
        struct Misfit: Job {
            struct Arguments: Codable, Sendable { var value: Int }
            static let name: TaskName = "test.work"
            func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
        }
        let queue = queue { _, _ in "" }
        try await queue.producer.enqueue(Unknown.self, .init())
        try await queue.producer.enqueue(Misfit.self, .init(value: 1))
        let attempts = try await queue.runAll(.returned)
        #expect(attempts.map(\.failure?.type) == ["NotRegistered", "InvalidArguments"])
    }

    @Test("an error advises: put off without a retry, never again, and for how long")
    func advice() async throws {
        struct Advised: RetryAdvising { var retryAdvice: RetryAdvice }
        let queue = queue { arguments, context in
            switch arguments.value {
            case "put off" where context.attempt == 1:
                if context.taskID == "p", self.record.all.isEmpty {
                    self.record.add("put off")
                    throw Advised(retryAdvice: .putOff(.seconds(5)))
                }
                return "\(context.attempt)"
            case "never": throw Advised(retryAdvice: .never)
            default: throw JobContext.GiveBack()
            }
        }
        try await enqueue("put off", queue, .init(taskID: "p"))
        try await enqueue("never", queue, .init(taskID: "n"))
        let attempts = try await queue.runAll(.returned)
        #expect(attempts[0].outcome == .retried(at: queue.now.advanced(by: .seconds(5))))
        #expect(attempts[1].failure?.type == "Advised")
        try await queue.advance(by: .seconds(5))
        #expect(try queue.result(of: "p", as: String.self) == "1")
        try await enqueue("back", queue, .init(taskID: "b"))
        let back = try await queue.runAll()
        #expect(back.map(\.outcome) == [.retried(at: queue.now.advanced(by: .seconds(1)))])
    }

    @Test("steps are done once over the attempts, and their journal goes with the task")
    func steps() async throws {
        let queue = queue { [record] _, context in
            let value = try await context.step("pay") {
                record.add("pay")
                return context.attempt
            }
            try await context.step("mail") {
                record.add("mail")
                if context.attempt == 1 { throw Trouble(number: 1) }
            }
            return "\(value)"
        }
        try await enqueue("", queue, .init(taskID: "t"))
        try await queue.runToEnd()
        #expect(record.all == ["pay", "mail", "mail"])
        #expect(try queue.result(of: "t", as: String.self) == "1")
        try await enqueue("", queue, .init(taskID: "t"))
        try await queue.runToEnd()
        #expect(record.all.filter { $0 == "pay" }.count == 2)
    }

    struct Streaming: Job {
        static let name: TaskName = "test.streaming"
        static let streamsOutput = true
        static let retry = RetryPolicy.exponential(base: .seconds(1), cap: .seconds(1), maximumRetries: 1)

        func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput {
            let output = try context.output
            try await output.append("attempt \(context.attempt), ")
            if context.attempt == 1 { throw Trouble(number: 1) }
            try await output.cut(to: 7)
            try await output.append("s")
            return NoOutput()
        }
    }

    @Test("output is kept over the attempts, and read by whoever has the producer")
    func output() async throws {
        var jobs = JobRegistry()
        jobs.register(Streaming())
        let queue = TestQueue(jobs: jobs)
        let id = try await queue.producer.enqueue(Streaming.self, .init()).taskID
        try await queue.runAll()
        #expect(queue.output(of: id) == "attempt 1, ")
        let noNews = await #expect(throws: JobQueueError.self) {
            for try await _ in queue.producer.output(of: id, in: Streaming.queue) {}
        }
        #expect(noNews?.code == .noNews)
        try await queue.runToEnd()
        var text = ""
        for try await piece in queue.producer.output(of: id, in: Streaming.queue) { text += piece.text }
        #expect(text == "attempts")
    }

    struct Limited: Job {
        static let name: TaskName = "test.limited"
        let heeds: Bool
        let gate: AsyncStream<Void>

        func run(_ arguments: NoArguments, in context: JobContext) async throws -> NoOutput {
            if heeds {
                try await Task.sleep(for: .seconds(3_600))
            } else {
                // Unheeding code: it waits for the test, whatever becomes of its task.
                await Task { for await _ in gate {} }.value
            }
            return NoOutput()
        }
    }

    @Test("time limits hold in real time, also for code that heeds nothing", arguments: [true, false])
    func timeLimits(heeds: Bool) async throws {
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        defer { opening.finish() }
        var jobs = JobRegistry()
        jobs.register(Limited(heeds: heeds, gate: gate))
        let queue = TestQueue(jobs: jobs)
        // Who heeds has long enough for it on a busy machine.
        let limit = TaskTimeLimit(hard: heeds ? .seconds(60) : .milliseconds(100), soft: .milliseconds(20))
        try await queue.producer.enqueue(Limited.self, .init(), options: EnqueueOptions(timeLimit: limit))
        let attempts = try await queue.runAll(.returned)
        #expect(attempts.map(\.failure?.type) == [heeds ? "SoftTimeLimitExceeded" : "TimeLimitExceeded"])
        #expect(queue.now == TestQueue().now)
    }

    @Test("cancelled and expired tasks are revoked, and a running one can be cancelled")
    func revoked() async throws {
        let queue = queue { [record] arguments, context in
            record.add(arguments.value)
            try await Task.sleep(for: .seconds(3_600))
            return ""
        }
        let ready = try await enqueue("ready", queue)
        try await queue.producer.cancel(ready, in: Work.queue)
        let expired = try await enqueue("expired", queue, .init(delay: .seconds(10), expiresAfter: .seconds(5)))
        let attempts = try await queue.runToEnd()
        #expect(attempts.map(\.outcome) == [.revoked, .revoked])
        #expect(queue.state(of: expired) == .revoked)
        #expect(record.all.isEmpty)

        let running = try await enqueue("running", queue)
        async let run = queue.runAll()
        while record.all.isEmpty { await Task.yield() }
        try await queue.producer.cancel(running, in: Work.queue)
        #expect(try await run.map(\.outcome) == [.revoked])
        #expect(queue.state(of: running) == .revoked)
    }

    @Test("middleware runs around every attempt, and headers reach it")
    func middleware() async throws {
        struct Tracing: EnqueueMiddleware, RunMiddleware {
            let record: Record
            func prepare(_ task: inout OutgoingTask) { task.headers["trace"] = "t" }
            func run(_ context: JobContext, _ next: () async throws -> Void) async throws {
                record.add("begin \(context.header("trace") ?? "")")
                try await next()
                record.add("end")
            }
        }
        var jobs = JobRegistry()
        jobs.register(Work { _, _ in "" })
        let tracing = Tracing(record: record)
        let queue = TestQueue(jobs: jobs, middleware: [tracing], enqueueMiddleware: [tracing])
        try await enqueue("", queue)
        #expect(try queue.onlyEnqueued(Work.self).headers == ["trace": "t"])
        try await queue.runAll()
        #expect(record.all == ["begin t", "end"])
    }
}
