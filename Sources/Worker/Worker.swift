import Assistant
import Feishu
import HTTPClient
import JobQueue
import LanguageModel
import Logging
import Platform
import Redis
import ServiceLifecycle

/// The worker's parts, put together from its configuration.
struct Worker {
    /// The services in start order; they stop in reverse.
    let services: [any Service]

    /// - Throws: Where the Redis URL cannot be used, or something configured is not supported.
    init(configuration: Configuration, metrics: PrometheusRegistry, logger: Logger) throws {
        let redis = try RedisClient(
            configuration: RedisConfiguration(configuration.redis, name: "worker"),
            logger: logger
        )
        let http = HTTPClient(configuration: HTTPClientConfiguration(proxy: .environment))
        let language = WrittenLanguage(rawValue: configuration.assistant.language) ?? .chinese
        let registry = JobRegistry.assistant(
            model: Self.model(configuration.modelProviders, http: http, language: language, logger: logger),
            chat: Self.chat(configuration.feishu, http: http, redis: redis, logger: logger),
            language: language
        )
        var settings = WorkerConfiguration(
            queues: configuration.worker.queues.map { QueueName($0) },
            concurrency: configuration.worker.concurrency
        )
        settings.gracePeriod = configuration.worker.gracePeriod
        settings.lease = configuration.worker.lease
        settings.beat = configuration.worker.lease / 5
        settings.leaseMargin = configuration.worker.lease / 5
        services =
            Self.health(configuration.worker, redis: redis, metrics: metrics, logger: logger)
            + [
                Connections(redis: redis, http: http),
                JobWorker(configuration: settings, registry: registry, redis: redis, logger: logger),
            ]
    }

    /// Health and metrics, where a port is set for them.
    private static func health(
        _ settings: Configuration.Worker,
        redis: RedisClient,
        metrics: PrometheusRegistry,
        logger: Logger
    ) -> [any Service] {
        guard settings.port > 0 else { return [] }
        let check = ReadinessCheck(name: "redis") {
            _ = try await redis.send(RedisCommand("PING"), timeout: .milliseconds(450))
        }
        return [
            HealthServer(
                host: settings.host,
                port: settings.port,
                registry: metrics,
                checks: [check],
                logger: logger
            )
        ]
    }

    /// The configured models, each taking over where the one before cannot answer.
    private static func model(
        _ providers: [Configuration.ModelProvider],
        http: HTTPClient,
        language: WrittenLanguage,
        logger: Logger
    ) -> any LanguageModel {
        var models = providers.map { provider -> any LanguageModel in
            guard provider.kind == .openai, let baseURL = provider.baseURL, let model = provider.model else {
                return OfflineModel(language: language)
            }
            return OpenAIModel(
                configuration: OpenAIConfiguration(
                    baseURL: baseURL,
                    apiKey: provider.apiKey,
                    model: model,
                    deadlines: .init(total: provider.timeout)
                ),
                http: http,
                logger: logger
            )
        }
        guard !models.isEmpty else { return OfflineModel(language: language) }
        let first = models.removeFirst()
        return models.isEmpty ? first : FallbackModel(first, then: models, logger: logger)
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
            return FeishuClient(app: app, endpoint: endpoint, tokens: tokens)
        }
        if clients.isEmpty { logger.warning("no app is configured, nothing can be answered") }
        return FeishuChat(clients: clients, sent: RedisSentParts(redis: redis), logger: logger)
    }
}

/// Keeps the connections to Redis, Feishu and models until the last job has ended.
private struct Connections: Service {
    let redis: RedisClient
    let http: HTTPClient

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await redis.run()
        }
        await http.shutdown()
    }
}
