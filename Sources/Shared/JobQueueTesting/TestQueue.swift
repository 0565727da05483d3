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
/// thrown errors, so any test library will do.
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
    ///   - start: What the clock says at first; the beginning of 2026 by default.
    ///   - logger: What jobs log to; nowhere by default.
    public init(
        jobs: JobRegistry = JobRegistry(),
        middleware: [any RunMiddleware] = [],
        enqueueMiddleware: [any EnqueueMiddleware] = [],
        payload: (any PayloadCoding)? = nil,
        startingAt start: WireTime = WireTime(milliseconds: 1_767_225_600_000),
        logger: Logger = Logger(label: "test queue") { _ in SwiftLogNoOpLogHandler() }
    ) {
        memory = QueueMemory(now: start)
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

    /// Runs until nothing is left, and lets as much time pass as that takes: through all retries and delays.
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

    private func run(
        until end: WireTime,
        endsWhenEmpty: Bool = false,
        _ failures: FailureHandling
    ) async throws -> [TestedAttempt] {
        guard memory.begin() else { throw TestQueueMisuse.alreadyRunning }
        defer { memory.end() }
        var attempts: [TestedAttempt] = []
        while true {
            guard let task = memory.next() else {
                guard memory.advance(toNextDueBefore: end) else { break }
                continue
            }
            guard attempts.count < Self.maximumAttempts else { throw TestQueueMisuse.endless }
            attempts.append(await run(task))
            try Task.checkCancellation()
        }
        if !endsWhenEmpty { memory.advance(to: end) }
        let failed = attempts.filter { $0.failure != nil }
        if failures == .thrown, !failed.isEmpty { throw TasksFailed(attempts: failed) }
        return attempts
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
        let outcome = memory.settle(task, ending)
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
        try memory.enqueued.filter { $0.task.name == J.name }.map { try EnqueuedTask($0) }
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
        return try JSONDecoder().decode(Output.self, from: Data(json))
    }

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
