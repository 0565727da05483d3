public import Logging
import NIOCore
import NIOPosix
public import Redis
public import ServiceLifecycle

/// Takes tasks from queues and runs their jobs.
///
/// Safe against its own death and Redis': a task is acknowledged after its job ended, in the same step that fetches
/// the next. On graceful shutdown it fetches nothing more, tells its jobs (`JobContext.isStopping`), lets them finish
/// within the grace period and gives back the rest. When its lease is lost (a pause, an outage) it cancels its jobs and begins a new life.
public struct JobWorker: Service {
    private let configuration: WorkerConfiguration
    private let registry: JobRegistry
    private let redis: RedisClient
    private let durability: Durability
    private let logger: Logger
    private let middleware: [any RunMiddleware]
    private let enqueueMiddleware: [any EnqueueMiddleware]
    private let payload: (any PayloadCoding)?
    private let childProcesses: (any ChildProcessLauncher)?
    private let quiet: QuietRequest
    private let onLife: @Sendable (LifeReport) -> Void

    /// The pool of `redis` lends one connection per queue to an idle worker, and one to hear of cancellations; the
    /// heartbeat has one besides.
    ///
    /// - Parameters:
    ///   - configuration: What to work on, and how.
    ///   - registry: The jobs it knows.
    ///   - redis: The client; whoever made it runs it.
    ///   - durability: Where a task that a job enqueues must be before the job is told.
    ///   - logger: The logger.
    ///   - middleware: What runs around every attempt, the first outermost.
    ///   - enqueueMiddleware: What is done to every task that its jobs enqueue.
    ///   - payload: What reads the bodies that a producer with the same wrote, does the same to what its jobs enqueue,
    ///     and encrypts results and steps; nil where all that is readable text.
    ///   - childProcesses: Starts the processes of jobs that ask for one of their own; nil where none does.
    ///   - quiet: Asked for where the worker is to take no more and go on with what it runs.
    ///   - onLife: Told of each life of this worker, for those who release a worker that they saw die. Must not block.
    public init(
        configuration: WorkerConfiguration,
        registry: JobRegistry,
        redis: RedisClient,
        durability: Durability = .async,
        logger: Logger,
        middleware: [any RunMiddleware] = [],
        enqueueMiddleware: [any EnqueueMiddleware] = [],
        payload: (any PayloadCoding)? = nil,
        childProcesses: (any ChildProcessLauncher)? = nil,
        quiet: QuietRequest = QuietRequest(),
        onLife: @escaping @Sendable (LifeReport) -> Void = { _ in }
    ) {
        self.configuration = configuration.fitting(redis)
        self.registry = registry
        self.redis = redis
        self.durability = durability
        self.logger = logger
        self.middleware = middleware
        self.enqueueMiddleware = enqueueMiddleware
        self.payload = payload
        self.childProcesses = childProcesses
        self.quiet = quiet
        self.onLife = onLife
    }

    /// Works until graceful shutdown or cancellation; cancellation stops at once, giving back what runs.
    ///
    /// - Throws: `JobQueueError` where this Redis cannot keep tasks safe, or a job cannot run here.
    public func run() async throws {
        if registry.needsChildProcesses, childProcesses == nil {
            throw JobQueueError(.noChildProcesses, task: nil, cause: nil)
        }
        let stop = StopRequest()
        try await ServerSafety(redis: redis, durability: durability, logger: logger).wait()
        let thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let metrics = WorkerMetrics(queues: configuration.queues)
        let runner = JobRunner(
            registry: registry,
            producer: JobProducer(
                redis: redis,
                durability: durability,
                middleware: enqueueMiddleware,
                payload: payload
            ),
            metrics: metrics,
            logger: logger,
            middleware: middleware,
            childProcesses: childProcesses
        )
        let slots = Slots(
            configuration.concurrency,
            queues: configuration.queues.count,
            order: configuration.queueOrder
        )
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                while !stop.isAsked {
                    guard let life = await begin(runner, slots, thread.next(), stop) else { break }
                    if await life.run(until: stop, quiet: quiet) == .leaseLost { metrics.lostLease() }
                }
            } onCancel: {
                stop.ask()
            }
        } onGracefulShutdown: {
            stop.ask()
        }
        try await thread.shutdownGracefully()
    }

    /// Registers a new incarnation with every queue, however long Redis is away; nil once a stop is asked for.
    private func begin(
        _ runner: JobRunner,
        _ slots: Slots,
        _ thread: any EventLoop,
        _ stop: StopRequest
    ) async -> WorkerLife? {
        while !stop.isAsked, !Task.isCancelled {
            let incarnation = Incarnation.random()
            let registered = NIODeadline.now()
            // Before any queue can know of it: who releases the dead must know of all that Redis may.
            onLife(LifeReport(incarnation: incarnation, stage: .beginning))
            do throws(RedisError) {
                for queue in configuration.queues {
                    _ = try await redis.evaluate(
                        QueueScripts.register,
                        keys: [QueueKeys(queue).workers],
                        arguments: [incarnation.rawValue, configuration.lease.milliseconds],
                        timeout: configuration.leaseMargin
                    )
                }
                logger.info("worker registered", metadata: ["worker": "\(incarnation)"])
                onLife(LifeReport(incarnation: incarnation, stage: .registered))
                return WorkerLife(
                    configuration: configuration,
                    redis: redis,
                    runner: runner,
                    slots: slots,
                    incarnation: incarnation,
                    registered: registered,
                    heartbeatThread: thread,
                    logger: logger
                )
            } catch {
                logger.warning("cannot register, will be repeated", metadata: ["error": "\(error)"])
                // Ends early only by cancellation, which the loop sees.
                try? await Task.sleep(for: .milliseconds(Int64.random(in: 200...600)))
            }
        }
        return nil
    }
}
