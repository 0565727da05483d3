import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Middleware", .timeLimit(.minutes(1)))
struct MiddlewareTests {
    /// Gives every task the trace of the task it follows from, else a new one.
    private struct Tracing: EnqueueMiddleware, RunMiddleware {
        @TaskLocal static var trace: String?
        let record: Record

        func prepare(_ task: inout OutgoingTask) {
            task.headers["trace"] = Self.trace ?? "trace of \(task.id)"
            task.headers["task"] = "another.job"
        }

        func run(_ context: JobContext, _ next: () async throws -> Void) async throws {
            let began = ContinuousClock.now
            let trace = context.header("trace") ?? "none"
            record.add("begin \(trace)")
            defer { record.add("end \(trace) \(.now - began > .zero)") }
            try await Self.$trace.withValue(trace) { try await next() }
        }
    }

    private struct Naming: RunMiddleware {
        let name: String
        let record: Record

        func run(_ context: JobContext, _ next: () async throws -> Void) async throws {
            record.add("\(name) \(context.attempt)")
            do {
                try await next()
            } catch is TaskFailure {
                throw TaskFailure(type: "Renamed", message: name)
            }
        }
    }

    private struct Forgetful: RunMiddleware {
        func run(_ context: JobContext, _ next: () async throws -> Void) async throws {}
    }

    private func run(
        _ fixture: QueueFixture,
        _ registry: JobRegistry,
        _ middleware: [any RunMiddleware],
        _ enqueueMiddleware: [any EnqueueMiddleware] = [],
        _ body: () async throws -> Void
    ) async throws {
        let worker = JobWorker(
            configuration: fixture.configuration,
            registry: registry,
            redis: fixture.redis,
            logger: QueueFixture.logger,
            middleware: middleware,
            enqueueMiddleware: enqueueMiddleware
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test("a header that is written as a task is enqueued reaches its attempts, its retries and what follows from it")
    func tracing() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let tracing = Tracing(record: record)
            let registry = TestJob.registry { arguments, context in
                if arguments.value == "parent" {
                    if context.attempt == 1 { throw TaskFailure(type: "Once", message: "") }
                    let options = EnqueueOptions(taskID: "child")
                    try await context.enqueue(TestJob.self, .init(value: "child"), options: options)
                }
                return arguments.value
            }
            try await run(fixture, registry, [tracing], [tracing]) {
                let producer = JobProducer(redis: fixture.redis, middleware: [tracing])
                let options = EnqueueOptions(taskID: "parent")
                try await producer.enqueue(TestJob.self, .init(value: "parent"), options: options)
                try await eventually("the child") { try await fixture.result("child")?["result"] == "child" }
            }
            let trace = "trace of parent"
            let expected = Array(repeating: ["begin \(trace)", "end \(trace) true"], count: 3).flatMap { $0 }
            #expect(record.all.sorted() == expected.sorted())
        }
    }

    @Test("the first is outermost, and what it throws is what is judged")
    func order() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let middleware = ["outer", "inner"].map { Naming(name: $0, record: record) }
            let registry = TestJob.registry { _, _ in throw TaskFailure(type: "Broken", message: "") }
            try await run(fixture, registry, middleware) {
                let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
                try await eventually("the failure") { try await fixture.result(id)?["status"] == "FAILURE" }
                let failure = try await fixture.result(id)?["result"]
                #expect(failure?["exc_type"] == "Renamed")
                #expect(failure?["exc_message"] == ["outer"])
            }
            #expect(record.all == (1...3).flatMap { ["outer \($0)", "inner \($0)"] })
        }
    }

    @Test("one that does not run the job has not succeeded for it")
    func forgetful() async throws {
        try await QueueFixture.with { fixture in
            try await run(fixture, TestJob.registry { _, _ in "" }, [Forgetful()]) {
                let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
                try await eventually("the failure") { try await fixture.result(id)?["status"] == "FAILURE" }
                let failure = try await fixture.result(id)?["result"]
                #expect(failure?["exc_type"] == "JobNotRun")
                #expect(failure?["exc_message"] == ["Forgetful did not run the job"])
            }
        }
    }
}
