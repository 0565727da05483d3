import FoundationEssentials
public import Logging
public import Redis

/// What a process does that a worker's `ChildProcessLauncher` started: it runs one attempt.
public struct ChildJobProcess: Sendable {
    private let configuration: WorkerConfiguration
    private let registry: JobRegistry
    private let producer: JobProducer
    private let logger: Logger

    /// - Parameters:
    ///   - configuration: As the worker's.
    ///   - registry: As the worker's.
    ///   - redis: A client of this process; whoever made it runs it.
    ///   - durability: As the worker's.
    ///   - logger: The logger.
    ///   - enqueueMiddleware: As the worker's.
    ///   - payload: As the worker's.
    public init(
        configuration: WorkerConfiguration,
        registry: JobRegistry,
        redis: RedisClient,
        durability: Durability = .async,
        logger: Logger,
        enqueueMiddleware: [any EnqueueMiddleware] = [],
        payload: (any PayloadCoding)? = nil
    ) {
        self.configuration = configuration
        self.registry = registry
        self.producer = JobProducer(
            redis: redis,
            durability: durability,
            middleware: enqueueMiddleware,
            payload: payload
        ).following(configuration)
        self.logger = logger
    }

    /// Runs the attempt that comes through the line, and returns once its end was written. The process ends then, and
    /// whenever the line breaks: the worker is gone.
    ///
    /// - Parameters:
    ///   - input: What the worker writes.
    ///   - output: Writes to the worker, whole and in order, from any thread.
    public func run(input: AsyncStream<[UInt8]>, output: @escaping @Sendable ([UInt8]) -> Void) async {
        let done = StopRequest()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await listen(input, output, done) }
            await done.asked()
            group.cancelAll()
        }
    }

    private func listen(
        _ input: AsyncStream<[UInt8]>,
        _ output: @escaping @Sendable ([UInt8]) -> Void,
        _ done: StopRequest
    ) async {
        defer { done.ask() }
        var reader = ChildFrameReader()
        var scope: AttemptScope?
        for await bytes in input {
            guard let frames = try? reader.frames(adding: bytes) else {
                logger.error("the worker's words are not understood")
                return
            }
            for frame in frames {
                switch frame {
                case .task(let task): scope = start(task, output, done)
                case .cancel: scope?.running.cancelAll(.timeLimit)
                case .stop: scope?.stopping.ask()
                case .progress, .spent, .output, .failure: return
                }
            }
        }
    }

    private func start(
        _ task: ChildTask,
        _ output: @escaping @Sendable ([UInt8]) -> Void,
        _ done: StopRequest
    ) -> AttemptScope {
        var configuration = configuration
        if let node = task.node { configuration.remoteControl.nodeName = NodeName(node) }
        let scope = AttemptScope(
            QueueKeys(task.queue, in: producer.names),
            Incarnation(task.incarnation),
            configuration,
            producer
        )
        let delivery = Delivery(
            tag: task.tag,
            raw: Array(task.message),
            queue: task.queue,
            crashes: task.crashes,
            isCancelled: false,
            clockOffset: task.clockOffset
        )
        scope.running.start([delivery]) { delivery in
            let end = await attempt(delivery, body: task.body.map { Array($0) }, output, in: scope)
            if let spent = scope.running.end(delivery.tag).spent {
                let units = spent.map { ($0.key.rawValue, $0.value) }
                output(ChildFrame.spent(Dictionary(units, uniquingKeysWith: { $1 })).bytes)
            }
            output(end.bytes)
            done.ask()
        }
        return scope
    }

    private func attempt(
        _ delivery: Delivery,
        body: [UInt8]?,
        _ output: @escaping @Sendable ([UInt8]) -> Void,
        in scope: AttemptScope
    ) async -> ChildFrame {
        guard let read = try? TaskMessage(decoding: delivery.raw), let job = registry[read.name],
            let message = try? body.map({ try read.carrying($0) }) ?? read
        else { preconditionFailure("the worker has read the message and knows the job") }
        let mark = ProgressMark(.none, from: .now) { output(ChildFrame.progress.bytes) }
        let context = JobContext(delivery, message, job, progressMark: mark, logger: logger, in: scope)
        do {
            return .output(try await job.run(message, context))
        } catch {
            return .failure(ChildFailure(error, job))
        }
    }
}
