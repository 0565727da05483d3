import HTTPClient
import JobPayload
import JobQueue
import Logging
import Platform
import Processes
import Redis
import ServiceLifecycle

/// The worker's parts, put together from its configuration.
struct Worker {
    /// The services in start order; they stop in reverse.
    let services: [any Service]

    /// - Parameters:
    ///   - configuration: The configuration.
    ///   - reload: Reads the configuration again, where it is in a file; nil where that has not changed.
    ///   - line: The line to the supervisor of this process; nil where it is alone.
    ///   - childProcesses: Starts the processes of jobs that ask for one of their own.
    ///   - metrics: What is served as metrics.
    ///   - logger: The logger.
    /// - Throws: Where the Redis URL cannot be used, or something configured is not supported.
    init(
        configuration: Configuration,
        reload: ConfigurationReload?,
        line: SupervisorLine?,
        childProcesses: any ChildProcessLauncher,
        metrics: PrometheusRegistry,
        logger: Logger
    ) throws {
        var logger = logger
        if let line { logger[metadataKey: "process"] = "\(line.number)" }
        let redis = try RedisClient(
            configuration: RedisConfiguration(configuration.redis, name: "worker"),
            logger: logger
        )
        let http = HTTPClient(configuration: HTTPClientConfiguration(proxy: .environment))
        let quiet = QuietRequest()
        let payload = try JobPayload(configuration.payload)
        let durability = Durability(configuration.redis.durability)
        let plugins =
            configuration.plugins.isEnabled
            ? try PluginAssembly(configuration, redis: redis, http: http, logger: logger) : nil
        let assistant = try AssistantAssembly(
            configuration,
            redis: redis,
            http: http,
            plugins: plugins,
            logger: logger
        )
        var work = WorkerConfiguration(configuration)
        work.remoteControl = RemoteControlConfiguration(configuration, process: line?.number)
        let worker = JobWorker(
            configuration: work,
            registry: assistant.registry,
            redis: redis,
            durability: durability,
            logger: logger,
            payload: payload,
            childProcesses: childProcesses,
            quiet: quiet
        ) { [logger] report in
            for notice in ChildNotice.telling(report) { line?.tell(notice, logger: logger) }
        }
        services =
            Self.health(configuration.worker, line: line, redis: redis, metrics: metrics, logger: logger)
            + [Connections(redis: redis, http: http), QuietSignal(quiet: quiet, logger: logger)]
            + assistant.services(
                reload: reload,
                concurrency: { [tuning = worker.tuning] in tuning.autoscale?.upperBound ?? tuning.concurrency }
            )
            + [
                PeriodicScheduler(
                    redis: redis,
                    jobs: try PeriodicJobs(configuration),
                    durability: durability,
                    payload: payload,
                    announcesTasks: configuration.results.sentEvents,
                    lease: configuration.worker.lease,
                    logger: logger
                ),
                WorkerService(worker: worker, line: line, logger: logger),
            ]
    }

    /// The parts of a process that runs one attempt for a worker.
    ///
    /// - Parameters:
    ///   - configuration: As the worker's.
    ///   - logger: The logger.
    /// - Returns: The services in start order.
    /// - Throws: As `init`, and where no worker started this process.
    static func forOneJob(configuration: Configuration, logger: Logger) throws -> [any Service] {
        let redis = try RedisClient(
            configuration: RedisConfiguration(configuration.redis, name: "worker-job"),
            logger: logger
        )
        let http = HTTPClient(configuration: HTTPClientConfiguration(proxy: .environment))
        let process = ChildJobProcess(
            configuration: WorkerConfiguration(configuration),
            registry: try AssistantAssembly(
                configuration,
                redis: redis,
                http: http,
                // Its worker has them.
                plugins: nil,
                logger: logger
            ).registry,
            redis: redis,
            durability: Durability(configuration.redis.durability),
            logger: logger,
            payload: try JobPayload(configuration.payload)
        )
        return [Connections(redis: redis, http: http), try ChildJobService(process)]
    }

    /// Health and metrics, where a port is set for them: that port, or where the supervisor has it a free one on this
    /// machine, which it is told.
    private static func health(
        _ settings: Configuration.Worker,
        line: SupervisorLine?,
        redis: RedisClient,
        metrics: PrometheusRegistry,
        logger: Logger
    ) -> [any Service] {
        guard settings.port > 0 else { return [] }
        return [
            HealthServer(
                host: line == nil ? settings.host : "127.0.0.1",
                port: line == nil ? settings.port : 0,
                metrics: { metrics.render() },
                checks: [.redis(redis)],
                logger: logger,
                onListening: { line?.tell(.health(port: $0), logger: logger) }
            )
        ]
    }
}

extension ReadinessCheck {
    /// Whether Redis answers.
    static func redis(_ redis: RedisClient) -> ReadinessCheck {
        ReadinessCheck(name: "redis") {
            _ = try await redis.send(RedisCommand("PING"), timeout: .milliseconds(450))
        }
    }
}

/// Keeps the connections to Redis, Feishu and models until the last job has ended.
struct Connections: Service {
    let redis: RedisClient
    let http: HTTPClient

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await redis.run()
        }
        await http.shutdown()
    }
}

extension PeriodicJobs {
    /// As configured.
    fileprivate init(_ configuration: Configuration) throws(AssemblyProblem) {
        do throws(ScheduleProblems) {
            try self.init(
                described: configuration.schedules.map(\.fields),
                zone: configuration.automation.timeZone
            )
        } catch {
            let lines = error.entries.map { "\(configuration.schedules[$0.index].path).\($0.problem)" }
            throw AssemblyProblem(description: lines.joined(separator: "\n"))
        }
    }
}

extension JobPayload {
    /// As configured. It also reads what a Python producer compressed.
    fileprivate init(_ settings: Configuration.Payload) throws(PayloadKeyError) {
        try self.init(
            keysFile: settings.keysFile,
            compressingOver: settings.compressOver,
            storingAsideOver: settings.asideOver
        )
    }
}
