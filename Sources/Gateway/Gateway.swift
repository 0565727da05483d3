import Administration
import Feishu
import Hummingbird
import JobPayload
import JobQueue
import Logging
import Metrics
import NIOCore
import NIOPosix
import Platform
import Plugins
import Redis
import ServiceLifecycle

/// The gateway's parts, put together from its configuration.
struct Gateway {
    /// The services in start order; they stop in reverse, so that Redis is there until the last request is answered.
    let services: [any Service]

    /// - Parameters:
    ///   - configuration: All of it, checked.
    ///   - registry: Where the metrics are kept.
    ///   - logger: For everything.
    /// - Throws: When the Redis URL or the TLS files are not usable, or something configured is not supported.
    init(configuration: Configuration, registry: PrometheusRegistry, logger: Logger) async throws {
        let settings = configuration.gateway
        // Two loops saturate what one Redis takes; more would only compete with it for cores.
        let loops = min(2, System.coreCount)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)

        var redisConfiguration = try RedisConfiguration(configuration.redis, name: "gateway", shared: loops)
        redisConfiguration.commandTimeout = settings.enqueueTimeout
        let redis = try RedisClient(configuration: redisConfiguration, logger: logger, eventLoopGroup: group)

        let durability = Durability(configuration.redis.durability)
        let configured = configuration.feishu.apps.map { FeishuApp($0) }
        if configured.isEmpty {
            logger.warning("no app is configured, every event will be refused before feishu-adapter is installed")
        }
        let apps = EventApps(configured)
        let sealing = try configuration.plugins.sealingKey()
        let router = Router(context: GatewayRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: JSONErrors())
        let payload = try JobPayload(
            keysFile: configuration.payload.keysFile,
            compressingOver: configuration.payload.compressOver,
            storingAsideOver: configuration.payload.asideOver
        )
        let audit = AuditTrail(redis: redis, file: configuration.administration.auditFile, logger: logger)
        let work = QueuedPluginWork(
            producer: JobProducer(redis: redis, durability: durability, payload: payload),
            sealing: sealing,
            language: configuration.assistant.language
        )
        router.add(
            middleware: AdminMount(
                api: try await AdminAPI(
                    configuration: configuration,
                    redis: redis,
                    audit: audit,
                    payload: { payload },
                    keyed: .init(examiner: work, trials: work),
                    logger: logger
                ),
                clients: try ClientAddresses(trusting: configuration.administration.trustedProxies),
                maximumBodyBytes: settings.maximumBodyBytes
            )
        )
        let ping = ReadinessCheck(name: "redis", deadline: .milliseconds(800)) {
            _ = try await redis.send(RedisCommand("PING"), timeout: .milliseconds(700))
        }
        OperationalRoutes(checks: [ping], metricsText: { registry.render() }).add(to: router)

        let limits = ConnectionLimits(settings)
        let shared = ConnectionContext(
            limits: limits,
            ingress: EventIngress(
                apps: apps,
                sink: QueueEventSink(
                    producer: JobProducer(
                        redis: redis,
                        durability: durability,
                        payload: payload
                    ),
                    timeout: settings.enqueueTimeout,
                    group: group
                )
            ),
            router: RouterChannel(router.buildResponder(), logger: logger),
            metrics: GatewayMetrics(factory: registry),
            logger: logger,
            log: IngressLog(logger: logger)
        )
        let server = GatewayServer(
            configuration: GatewayServer.Configuration(
                host: settings.host,
                port: settings.port,
                limits: limits,
                grace: TimeAmount(settings.gracePeriod),
                tls: try settings.tls.map { tls in
                    try TLSIdentity(certificatePath: tls.certificate, privateKeyPath: tls.privateKey).makeContext()
                }
            ),
            group: group,
            shared: shared
        )
        let safety = ServerSafety(redis: redis, durability: durability, logger: logger)
        let upkeep = AuditUpkeep(
            redis: redis,
            trail: audit,
            days: configuration.administration.auditDays,
            logger: logger
        )
        let adapter = AdapterApps(
            registry: PluginRegistry(
                redis: redis,
                sealing: sealing,
                logger: logger,
                now: { WireTime.now.milliseconds }
            ),
            apps: apps,
            clock: ContinuousClock(),
            logger: logger
        )
        self.services = [RedisService(client: redis), safety, upkeep, adapter, server]
    }
}

/// Keeps the connection to Redis until everything that uses it has stopped.
private struct RedisService: Service, CustomStringConvertible {
    let client: RedisClient

    var description: String { "redis client" }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await client.run()
        }
    }
}

extension ConnectionLimits {
    fileprivate init(_ settings: Configuration.Gateway) {
        self.init()
        bodyBytes = settings.maximumBodyBytes
        headerBytes = settings.maximumHeaderBytes
        headerFieldBytes = min(headerFieldBytes, headerBytes)
        headerTimeout = TimeAmount(settings.headerTimeout)
        bodyTimeout = TimeAmount(settings.bodyTimeout)
        idleTimeout = TimeAmount(settings.idleTimeout)
        storeTimeout = TimeAmount(settings.enqueueTimeout)
        connections = settings.maximumConnections
    }
}

extension Durability {
    init(_ setting: Configuration.Durability) {
        switch setting {
        case .async: self = .async
        case .replicated: self = .replicated
        case .fsync: self = .fsync
        }
    }
}
