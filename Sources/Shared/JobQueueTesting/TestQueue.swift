import FoundationEssentials
import JSON
public import JobQueue
public import Logging
import NIOConcurrencyHelpers

/// A queue in memory for tests: it takes what code enqueues, and runs it inline when it is told to, one task after the
/// other, by a clock that the test owns. No Redis, no worker, no waiting.
///
/// Code under test is given ``producer``. What an attempt comes to is decided by the code that decides it in a worker:
/// arguments, middleware, time limits, retries, putting off, expiry, cancellation. Tests end with plain values and
/// thrown errors, so any test library will do. What follows from tasks (`producer.call`) is
/// planned by the worker's code, too.
///
/// A delay before a retry is always the longest that the policy allows, so that a test can say when. Time limits and
/// deadlines for progress count in real time. Not imitated are leases, crashes, limits and rates, fair turns, bounds,
/// pausing and child processes: such jobs run in this process.
public final class TestQueue: Sendable {
    /// What the code under test enqueues with.
    public let producer: JobProducer

    private let memory: QueueMemory
    private let witness = ErrorWitness()
    private let payload: (any PayloadCoding)?
    private let runner: InlineRunner
    /// More attempts in one call are taken for a mistake: tasks that enqueue each other for ever.
    private static let maximumAttempts = 10_000

    /// - Parameters:
    ///   - jobs: The jobs that can be run, as a worker is given them. Tasks of others fail as they do there.
    ///   - middleware: What runs around every attempt, the first outermost.
    ///   - enqueueMiddleware: What is done to every task that is enqueued.
    ///   - payload: As a worker is given it.
    ///   - periodic: Jobs that happen by the clock while ``advance(by:_:)`` moves it.
    ///   - start: What the clock says at first; the beginning of 2026 by default.
    ///   - logger: What jobs log to; nowhere by default.
    public init(
        jobs: JobRegistry = JobRegistry(),
        middleware: [any RunMiddleware] = [],
        enqueueMiddleware: [any EnqueueMiddleware] = [],
        payload: (any PayloadCoding)? = nil,
        periodic: PeriodicJobs = PeriodicJobs(),
        startingAt start: WireTime = WireTime(milliseconds: 1_767_225_600_000),
        logger: Logger = Logger(label: "test queue") { _ in SwiftLogNoOpLogHandler() }
    ) {
        memory = QueueMemory(now: start, periodic: periodic)
        self.payload = payload
        producer = JobProducer(receiver: memory, middleware: enqueueMiddleware, payload: payload)
        runner = InlineRunner(
            registry: jobs,
            producer: producer,
            middleware: [witness] + middleware,
            logger: logger
        )
    }

    /// What the clock says.
    public var now: WireTime { memory.now }

    // MARK: Running

    /// Runs what is due, and what that enqueues, until nothing is due any more. The clock stands still.
    ///
    /// - Parameter failures: Whether a task that fails for good ends the test.
    /// - Returns: The attempts, in their order.
    /// - Throws: ``TasksFailed`` after all were run; ``TestQueueMisuse``.
    @discardableResult
    public func runAll(_ failures: FailureHandling = .thrown) async throws -> [TestedAttempt] {
        try await run(until: now, failures)
    }

    /// Lets time pass: runs what is due now and, each at its time, what becomes due meanwhile.
    ///
    /// - Parameters:
    ///   - duration: How long.
    ///   - failures: Whether a task that fails for good ends the test.
    /// - Returns: The attempts, in their order.
    /// - Throws: As ``runAll(_:)``.
    @discardableResult
    public func advance(
        by duration: Duration,
        _ failures: FailureHandling = .thrown
    ) async throws -> [TestedAttempt] {
        try await run(until: now.advanced(by: duration), failures)
    }

    /// Runs until nothing is left, and lets as much time pass as that takes: through all retries and delays. Periodic
    /// jobs happen meanwhile, and keep nobody.
    ///
    /// - Parameters:
    ///   - limit: The longest time that may pass; what is due later stays.
    ///   - failures: Whether a task that fails for good ends the test.
    /// - Returns: The attempts, in their order.
    /// - Throws: As ``runAll(_:)``.
    @discardableResult
    public func runToEnd(
        within limit: Duration = .seconds(30 * 86_400),
        _ failures: FailureHandling = .thrown
    ) async throws -> [TestedAttempt] {
        try await run(until: now.advanced(by: limit), endsWhenEmpty: true, failures)
    }

    /// Runs a single attempt, of the task that is next, so that a test can look at what is between two. The clock
    /// stands still.
    ///
    /// - Parameter failures: Whether a task that fails for good ends the test.
    /// - Returns: The attempt; nil where nothing is due.
    /// - Throws: As ``runAll(_:)``.
    @discardableResult
    public func runNext(_ failures: FailureHandling = .thrown) async throws -> TestedAttempt? {
        try await run(until: now, endsWhenEmpty: true, atMost: 1, failures).first
    }

    /// Runs tasks as they come while `body` runs, one after the other as a worker with one place does, for code that
    /// waits for what it enqueues. Then runs what is left.
    ///
    /// A job that waits for another task (`waitKeepingPlace`) waits in vain, as it takes the only place.
    ///
    /// - Parameters:
    ///   - limit: How much time may pass where all that is left is due later; by default the clock stands still.
    ///   - failures: Whether a task that fails for good ends the test, once `body` has returned.
    ///   - body: What enqueues and waits.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws; as ``runAll(_:)``.
    public func serve<Value>(
        within limit: Duration = .zero,
        _ failures: FailureHandling = .thrown,
        _ body: () async throws -> Value
    ) async throws -> Value {
        guard memory.begin() else { throw TestQueueMisuse.alreadyRunning }
        defer { memory.end() }
        let news = memory.listen()
        defer { memory.stopListening() }
        let end = now.advanced(by: limit)
        return try await withThrowingTaskGroup(of: [TestedAttempt].self) { group in
            group.addTask {
                var attempts = try await self.drain(until: end, endsWhenEmpty: true)
                for await _ in news { attempts += try await self.drain(until: end, endsWhenEmpty: true) }
                return attempts + (try await self.drain(until: end, endsWhenEmpty: true))
            }
            let value = try await body()
            memory.stopListening()
            try Self.judge(try await group.next() ?? [], failures)
            return value
        }
    }

    private func run(
        until end: WireTime,
        endsWhenEmpty: Bool = false,
        atMost most: Int = .max,
        _ failures: FailureHandling
    ) async throws -> [TestedAttempt] {
        guard memory.begin() else { throw TestQueueMisuse.alreadyRunning }
        defer { memory.end() }
        let attempts = try await drain(until: end, endsWhenEmpty: endsWhenEmpty, atMost: most)
        if !endsWhenEmpty { memory.advance(to: end) }
        try Self.judge(attempts, failures)
        return attempts
    }

    private func drain(
        until end: WireTime,
        endsWhenEmpty: Bool,
        atMost most: Int = .max
    ) async throws -> [TestedAttempt] {
        var attempts: [TestedAttempt] = []
        while attempts.count < most {
            try Task.checkCancellation()
            memory.takePeriodic(as: producer)
            guard let task = memory.next() else {
                guard memory.advance(toNextDueBefore: end, isPatient: !endsWhenEmpty) else { break }
                continue
            }
            guard attempts.count < Self.maximumAttempts else { throw TestQueueMisuse.endless }
            attempts.append(await run(task))
        }
        return attempts
    }

    private static func judge(_ attempts: [TestedAttempt], _ failures: FailureHandling) throws {
        let failed = attempts.filter { $0.failure != nil }
        if failures == .thrown, !failed.isEmpty { throw TasksFailed(attempts: failed) }
    }

    private func run(_ task: QueueMemory.Entry) async -> TestedAttempt {
        let time = memory.now
        let ending = await runner.run(
            task.message,
            of: task.queue,
            at: time,
            isCancelled: memory.isCancelled(task.id),
            store: memory
        ) { cancel in memory.isRunning(task, cancel) }
        let error = witness.take(task.id)
        let outcome = memory.settle(task, ending, isIgnored: error is JobContext.Ignore)
        return TestedAttempt(
            taskID: task.id,
            taskName: task.name,
            number: task.attempt,
            time: time,
            outcome: outcome,
            error: error
        )
    }

    // MARK: Looking

    /// All tasks of a job that were taken in so far, in their order, wherever they are by now.
    ///
    /// - Throws: Where the arguments of one are not the job's.
    public func enqueued<J: Job>(_ job: J.Type) throws -> [EnqueuedTask<J.Arguments>] {
        try memory.enqueued.filter { $0.task.name == J.name }.map {
            try EnqueuedTask($0, parameters: J.parameters)
        }
    }

    /// The only task of a job that was taken in.
    ///
    /// - Throws: ``TestQueueMisuse/notOne(_:of:all:)`` where there is none or several; as ``enqueued(_:)``.
    public func onlyEnqueued<J: Job>(_ job: J.Type) throws -> EnqueuedTask<J.Arguments> {
        let tasks = try enqueued(job)
        guard tasks.count == 1 else {
            throw TestQueueMisuse.notOne(tasks.count, of: J.name, all: memory.enqueued.map(\.task.name))
        }
        return tasks[0]
    }

    /// The names of all tasks that were taken in so far, in their order.
    public var enqueuedNames: [TaskName] { memory.enqueued.map(\.task.name) }

    /// Forgets what was taken in so far, so that a test can look at what comes next. Tasks stay where they are.
    public func forgetEnqueued() { memory.forgetEnqueued() }

    /// Where a task is; nil for one that was never taken in.
    public func state(of id: TaskID) -> TestedTaskState? { memory.state(of: id) }

    /// How many tasks have not ended.
    public var unfinishedCount: Int { memory.unfinishedCount }

    /// The tasks that have failed for good, with the dead letters' reasons, in their order.
    public var failures: [(id: TaskID, name: TaskName, failure: TaskFailure)] { memory.failures }

    /// Reads what a task returned.
    ///
    /// - Parameters:
    ///   - id: The task.
    ///   - type: What its job returns.
    /// - Returns: nil where it has not succeeded, or stores no result.
    /// - Throws: Where that is another type.
    public func result<Output: Decodable>(of id: TaskID, as type: Output.Type = Output.self) throws -> Output? {
        guard let text = memory.result(of: id), let value = try JSONValue(parsing: text)["result"] else { return nil }
        guard case .succeeded? = state(of: id) else { return nil }
        let json = try payload?.open(value.bytes, .result, of: id) ?? value.bytes
        return try CeleryJSON.decode(Output.self, from: json)
    }

    /// Reads the result of a canvas: what its last task returned, or of a group the list of what its members did.
    ///
    /// - Parameters:
    ///   - receipt: What the call of the canvas returned.
    ///   - type: What its last task returns; a list of that for a group.
    /// - Returns: nil where not all of it has succeeded.
    /// - Throws: Where that is another type.
    public func result<Output: Decodable>(
        of receipt: CanvasReceipt,
        as type: Output.Type = Output.self
    ) throws -> Output? {
        guard receipt.isGroup else { return try result(of: receipt.resultID, as: type) }
        var values: [JSONValue] = []
        for id in receipt.result.tasks {
            guard let value = try result(of: id, as: JSONValue.self) else { return nil }
            values.append(value)
        }
        return try CeleryJSON.decode(type, from: JSONValue.array(values).bytes)
    }

    /// All states and results as they would stand in Redis, by their keys there.
    package var storedTexts: [String: [UInt8]] { memory.storedTexts }

    /// What leads to the results of tasks, as code under test has it. A handle is waited for in vain, and in real time,
    /// until somebody runs the task.
    public var results: ResultStore { producer.results }

    /// What a task has written to its output, as text.
    public func output(of id: TaskID) -> String { String(decoding: memory.output(of: id).bytes, as: UTF8.self) }
}

/// What is done about tasks that fail for good.
public enum FailureHandling: Sendable, Hashable {
    /// The call throws ``TasksFailed`` after all were run.
    case thrown
    /// They are among the attempts that are returned, and in ``TestQueue/failures``.
    case returned
}
