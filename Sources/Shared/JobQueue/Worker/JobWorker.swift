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
    /// Changes this worker while it runs, and tells how it stands.
    public let tuning: WorkerTuning

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
        self.configuration = configuration.fitting(redis).named()
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
        tuning = WorkerTuning(self.configuration, registry: registry, redis: redis)
    }

    /// Works until graceful shutdown or cancellation; cancellation stops at once, giving back what runs.
    ///
    /// - Throws: `JobQueueError` where this Redis cannot keep tasks safe, or a job cannot run here.
    public func run() async throws {
        if registry.needsChildProcesses, childProcesses == nil {
            throw JobQueueError(.noChildProcesses, task: nil, cause: nil)
        }
        let stop = tuning.stop
        try await ServerSafety(redis: redis, durability: durability, logger: logger).wait()
        let thread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let metrics = WorkerMetrics(queues: configuration.queues)
        let view = WorkerView(configuration, tuning)
        let remote = RemoteControl(view, redis: redis, payload: payload, logger: logger)
        let runner = JobRunner(
            registry: registry,
            producer: JobProducer(
                redis: redis,
                durability: durability,
                middleware: enqueueMiddleware,
                payload: payload
            ).following(configuration),
            metrics: metrics,
            logger: logger,
            middleware: middleware,
            childProcesses: childProcesses,
            events: remote.events,
            stamps: remote.stamps,
            tuning: tuning.tasks
        )
        let autoscaler = Autoscaler(
            tuning: tuning,
            clock: ContinuousClock(),
            measure: ProcessLoad.measured,
            logger: logger
        )
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await autoscaler.run() }
                    group.addTask { await tuning.tellPlaces(to: metrics) }
                    await remote.accompany {
                        while !stop.isAsked {
                            guard let life = await begin(runner, thread.next(), stop) else { break }
                            view.begin(life)
                            if await life.run(until: stop, quiet: quiet) == .leaseLost { metrics.lostLease() }
                        }
                    }
                    group.cancelAll()
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
        _ thread: any EventLoop,
        _ stop: StopRequest
    ) async -> WorkerLife? {
        while !stop.isAsked, !Task.isCancelled {
            let incarnation = Incarnation.random()
            let registered = NIODeadline.now()
            let queues = tuning.queues
            let joining = QueueJoining(
                incarnation: incarnation,
                configuration: configuration,
                redis: redis,
                logger: logger
            )
            // Before any queue can know of it: who releases the dead must know of all that Redis may.
            onLife(LifeReport(incarnation: incarnation, stage: .beginning))
            for queue in queues where !configuration.queues.contains(queue) {
                onLife(LifeReport(incarnation: incarnation, stage: .joining, queue: queue))
            }
            do throws(RedisError) {
                for queue in queues { _ = try await joining.register(redis.keys(of: queue)) }
                await QueueBindings(redis: redis).declare(queues, logger: logger)
                logger.info("worker registered", metadata: ["worker": "\(incarnation)"])
                onLife(LifeReport(incarnation: incarnation, stage: .registered))
                return WorkerLife(
                    configuration: configuration,
                    queues: queues,
                    redis: redis,
                    runner: runner,
                    tuning: tuning,
                    incarnation: incarnation,
                    registered: registered,
                    heartbeatThread: thread,
                    logger: logger
                ) { [configuration, onLife] queue in
                    if configuration.queues.contains(queue) { return }
                    onLife(LifeReport(incarnation: incarnation, stage: .joining, queue: queue))
                }
            } catch {
                logger.warning("cannot register, will be repeated", metadata: ["error": "\(error)"])
                // Ends early only by cancellation, which the loop sees.
                try? await Task.sleep(for: .milliseconds(Int64.random(in: 200...600)))
            }
        }
        return nil
    }
}
