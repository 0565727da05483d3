import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Jobs in processes of their own, but for the processes: their other side runs in this one.
@Suite("Jobs in processes of their own", .timeLimit(.minutes(1)))
struct IsolationTests {
    struct Isolated: Job {
        static let name: TaskName = "test.isolated"
        static let parameters = ["value"]
        static let queue: QueueName = "work"
        static let isolation = JobIsolation.childProcess
        static let streamsOutput = true
        static let hardTimeLimit = timeLimit + .milliseconds(100)
        static let retry = RetryPolicy.exponential(base: .milliseconds(1), cap: .milliseconds(1), maximumRetries: 1)
        static let progress = ProgressDeadlines(firstSign: .seconds(30))
        typealias Arguments = TestJob.Arguments
        let work: @Sendable (Arguments, JobContext) async throws -> String

        func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
            try await work(arguments, context)
        }
    }

    /// Runs the other side in this process; a kill ends the line and leaves the code alone.
    private struct Launcher: ChildProcessLauncher {
        final class Child: ChildProcess {
            private let input: AsyncStream<[UInt8]>.Continuation
            private let onEnd: NIOLockedValueBox<(@Sendable (String) -> Void)?>
            let record: Record

            init(
                _ input: AsyncStream<[UInt8]>.Continuation,
                _ record: Record,
                _ onEnd: @escaping @Sendable (String) -> Void
            ) {
                self.input = input
                self.record = record
                self.onEnd = NIOLockedValueBox(onEnd)
            }

            func write(_ bytes: [UInt8]) { input.yield(bytes) }

            func kill() {
                record.add("killed")
                end("by signal 9")
            }

            func end(_ how: String) {
                let onEnd = onEnd.withLockedValue { onEnd in
                    defer { onEnd = nil }
                    return onEnd
                }
                input.finish()
                onEnd?(how)
            }
        }

        let process: ChildJobProcess
        let record: Record
        let children = NIOLockedValueBox<[Child]>([])

        func start(
            writing first: [UInt8],
            onOutput: @escaping @Sendable ([UInt8]) -> Void,
            onEnd: @escaping @Sendable (String) -> Void
        ) throws -> any ChildProcess {
            let (stream, input) = AsyncStream.makeStream(of: [UInt8].self)
            let child = Child(input, record, onEnd)
            children.withLockedValue { $0.append(child) }
            input.yield(first)
            Task {
                await process.run(input: stream, output: onOutput)
                child.end("with status 0")
            }
            return child
        }
    }

    private func with(
        _ fixture: QueueFixture,
        _ work: @escaping @Sendable (TestJob.Arguments, JobContext) async throws -> String,
        _ body: (_ launcher: Launcher, _ life: WorkerLife) async throws -> Void
    ) async throws {
        var registry = JobRegistry()
        registry.register(Isolated(work: work))
        let record = Record()
        let process = ChildJobProcess(
            configuration: fixture.configuration,
            registry: registry,
            redis: fixture.redis,
            logger: QueueFixture.logger
        )
        let launcher = Launcher(process: process, record: record)
        let life = try await fixture.life(registry, fixture.steadyConfiguration, childProcesses: launcher)
        try await fixture.run(life) { _ in try await body(launcher, life) }
    }

    private func enqueue(_ fixture: QueueFixture, _ value: String = "") async throws -> TaskID {
        try await fixture.producer.enqueue(Isolated.self, .init(value: value)).taskID
    }

    @Test("their context is the same: arguments, steps, output, progress, retries, result")
    func context() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            try await with(fixture) { arguments, context in
                context.progress()
                let number = try await context.step("count") {
                    record.add("count")
                    return 7
                }
                try await context.output.append("attempt \(context.attempt), ")
                if context.attempt == 1 { throw TaskFailure(type: "Once", message: "") }
                return "\(arguments.value) \(number)"
            } _: { launcher, _ in
                let id = try await enqueue(fixture, "hello")
                var bytes: [UInt8] = []
                for try await chunk in fixture.producer.output(of: id, in: fixture.queue) { bytes += chunk.bytes }
                #expect(String(decoding: bytes, as: UTF8.self) == "attempt 1, attempt 2, ")
                try await eventually("the result") { try await fixture.result(id)?["result"] == "hello 7" }
                #expect(record.all == ["count"])
                #expect(launcher.children.withLockedValue { $0.count } == 2)
            }
            #expect(try await fixture.census() == [:])
        }
    }

    @Test("one that does not heed its cancellation is killed, and its task is over")
    func killed() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            defer { gate.open() }
            let began = Record()
            try await with(fixture) { _, _ in
                began.add("began")
                await gate.pass()
                return "late"
            } _: { launcher, _ in
                let id = try await enqueue(fixture)
                try await eventually("it runs") { began.all.count == 1 }
                try await fixture.producer.cancel(id, in: fixture.queue)
                try await eventually("it is killed") { launcher.record.all.contains("killed") }
                try await eventually("it is revoked") { try await fixture.result(id)?["status"] == "REVOKED" }
            }
            #expect(try await fixture.census() == [:])
        }
    }

    @Test("the death of the process is the failure of its attempt, which is retried")
    func death() async throws {
        try await QueueFixture.with { fixture in
            let gate = Gate()
            defer { gate.open() }
            try await with(fixture) { _, context in
                if context.attempt == 1 { await gate.pass() }
                return "attempt \(context.attempt)"
            } _: { launcher, _ in
                let id = try await enqueue(fixture)
                try await eventually("it runs") { launcher.children.withLockedValue { $0.count } == 1 }
                launcher.children.withLockedValue { $0[0] }.end("by signal 11")
                try await eventually("another attempt") { try await fixture.result(id)?["result"] == "attempt 2" }
            }
        }
    }

    @Test("it is told of a stop, and its task goes back as it gave it")
    func stop() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            try await with(fixture) { _, context in
                record.add("began")
                await context.stopRequested()
                throw JobContext.GiveBack()
            } _: { _, _ in
                _ = try await enqueue(fixture)
                try await eventually("it runs") { record.all == ["began"] }
            }
            #expect(try await fixture.census() == ["ready": 1])
        }
    }

    @Test("a worker without a way to start them refuses to begin")
    func noLauncher() async throws {
        try await QueueFixture.with { fixture in
            var registry = JobRegistry()
            registry.register(Isolated { _, _ in "" })
            let worker = JobWorker(
                configuration: fixture.configuration,
                registry: registry,
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            let error = await #expect(throws: JobQueueError.self) { try await worker.run() }
            #expect(error?.code == .noChildProcesses)
        }
    }
}
