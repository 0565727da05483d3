import Assistant
import Feishu
import HTTPClient
import JobPayload
import JobQueue
import Knowledge
import LanguageModel
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
        let profiles = ProfileBook(AssistantProfiles(configuration.assistant))
        let knowledge = KnowledgeService(configuration.knowledge, logger: logger)
        services =
            Self.health(configuration.worker, line: line, redis: redis, metrics: metrics, logger: logger)
            + [
                Connections(redis: redis, http: http),
                QuietSignal(quiet: quiet, logger: logger),
            ] + (knowledge.map { [$0] } ?? []) + [
                ProfileReload(book: profiles, reload: reload, logger: logger),
                AnswerCapacity(
                    concurrency: configuration.worker.concurrency,
                    worker: TaskID.random().rawValue,
                    redis: redis,
                    logger: logger
                ),
                JobWorker(
                    configuration: WorkerConfiguration(configuration.worker),
                    registry: Self.jobs(
                        configuration,
                        profiles: profiles,
                        knowledge: knowledge?.index,
                        redis: redis,
                        http: http,
                        logger: logger
                    ),
                    redis: redis,
                    durability: Durability(configuration.redis.durability),
                    logger: logger,
                    payload: try JobPayload(configuration.payload),
                    childProcesses: childProcesses,
                    quiet: quiet
                ) { [logger] report in
                    switch report.stage {
                    case .beginning: line?.tell(.life(report.incarnation), logger: logger)
                    case .registered: line?.tell(.registered, logger: logger)
                    default: break
                    }
                },
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
            configuration: WorkerConfiguration(configuration.worker),
            registry: jobs(
                configuration,
                profiles: ProfileBook(AssistantProfiles(configuration.assistant)),
                knowledge: nil,
                redis: redis,
                http: http,
                logger: logger
            ),
            redis: redis,
            durability: Durability(configuration.redis.durability),
            logger: logger,
            payload: try JobPayload(configuration.payload)
        )
        return [Connections(redis: redis, http: http), try ChildJobService(process)]
    }

    private static func jobs(
        _ configuration: Configuration,
        profiles: ProfileBook,
        knowledge: KnowledgeIndex?,
        redis: RedisClient,
        http: HTTPClient,
        logger: Logger
    ) -> JobRegistry {
        let chat = chat(configuration.feishu, http: http, redis: redis, logger: logger)
        let models = ModelParts(configuration: configuration, redis: redis, http: http, logger: logger)
        var registry = JobRegistry.assistant(
            AssistantParts(
                profiles: profiles,
                models: models.pool,
                chat: chat,
                conversations: RedisConversationStore(redis: redis, memory: configuration.assistant.historyMemory),
                records: RedisAnswerRecords(redis: redis),
                feedback: RedisFeedbackStore(redis: redis),
                load: RedisAssistantLoad(redis: redis),
                messages: RedisMessageMarks(redis: redis),
                sign: WorkingSign(chat: chat, redis: redis, logger: logger),
                usage: models.ledger,
                transcription: models.transcription,
                knowledge: knowledge,
                now: { WireTime.now.milliseconds }
            )
        )
        // It runs in a process of its own, which only a program can start.
        registry.register(SpinJob())
        return registry
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

    private static func chat(
        _ settings: Configuration.Feishu,
        http: HTTPClient,
        redis: RedisClient,
        logger: Logger
    ) -> FeishuChat {
        let endpoint = FeishuEndpoint(baseURL: settings.baseURL, http: http)
        let clients = settings.apps.map { app in
            let app = FeishuApp(app)
            let tokens = TenantAccessTokens(
                app: app,
                endpoint: endpoint,
                store: RedisTokenStore(redis),
                logger: logger
            )
            let governor = RedisCallGovernor(
                redis: redis,
                appID: app.appID,
                limits: CallLimits(streamingCallsPerMinute: settings.limits.streamingCallsPerMinute),
                monthlyQuota: settings.limits.monthlyQuota,
                logger: logger
            )
            return FeishuClient(app: app, endpoint: endpoint, tokens: tokens, governor: governor)
        }
        if clients.isEmpty { logger.warning("no app is configured, nothing can be answered") }
        return FeishuChat(clients: clients, sent: RedisSentParts(redis: redis), logger: logger)
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
