import Assistant
import Documents
import Feishu
import HTTPClient
import JobQueue
import Knowledge
import LanguageModel
import Logging
import Platform
import Redis
import ServiceLifecycle
import TimeZones
import ToolProtocol

/// The assistant's parts, put together from the configuration.
struct AssistantAssembly {
    let registry: JobRegistry
    private let profiles: ProfileBook
    private let rules: RuleBook
    private let zone: TimeZoneRules
    private let clients: FeishuClients
    private let makeClient: @Sendable (FeishuApp) -> FeishuClient
    private let knowledge: KnowledgeIndex?
    private let documents: DocumentReader
    private let tools: ToolSet
    private let plugins: PluginAssembly?
    private let configuration: Configuration
    private let redis: RedisClient
    private let logger: Logger

    /// - Parameters:
    ///   - configuration: All of it.
    ///   - redis: The client.
    ///   - http: Calls Feishu and models.
    ///   - plugins: What runs plugins; nil where this process does not.
    ///   - logger: The logger.
    /// - Throws: `RuleProblems`, `MinutesTemplateProblems`, or `AssemblyProblem`.
    init(
        _ configuration: Configuration,
        redis: RedisClient,
        http: HTTPClient,
        plugins: PluginAssembly?,
        logger: Logger
    ) throws {
        self.plugins = plugins
        self.configuration = configuration
        self.redis = redis
        self.logger = logger
        guard let zone = TimeZoneRules(named: configuration.automation.timeZone) else {
            throw AssemblyProblem(
                description: "assistant.time_zone: \(configuration.automation.timeZone) is no time zone"
            )
        }
        self.zone = zone
        let language = WrittenLanguage(rawValue: configuration.assistant.language) ?? .chinese
        let makeClient = Self.clientMaker(configuration.feishu, http: http, redis: redis, logger: logger)
        let clients = FeishuClients(configuration.feishu.apps.map { makeClient(FeishuApp($0)) })
        self.clients = clients
        self.makeClient = makeClient
        if clients.all.isEmpty {
            logger.warning("no app is configured, nothing can be answered before feishu-adapter is installed")
        }
        let chat = FeishuChat(clients: clients, sent: RedisSentParts(redis: redis), logger: logger)
        let models = ModelParts(configuration: configuration, redis: redis, http: http, logger: logger)
        let reminders = RedisReminders(redis: redis)
        profiles = ProfileBook(try AssistantProfiles(configuration))
        rules = RuleBook(
            try configuration.automation.rulesFile.map { try RulesFile.rules(at: $0, zone: zone) } ?? .none
        )
        knowledge = configuration.knowledge.folder.map { _ in
            KnowledgeIndex(maximumPassages: configuration.knowledge.maximumPassages)
        }
        documents = DocumentReader()
        tools = models.tools(
            joinedBy: plugins.map { [PluginTools(host: $0.host, language: language.rawValue)] } ?? []
        )
        let pool = models.pool
        let parts = AssistantParts(
            profiles: profiles,
            models: pool,
            chat: chat,
            conversations: RedisConversationStore(redis: redis, memory: configuration.assistant.historyMemory),
            records: RedisAnswerRecords(redis: redis),
            feedback: RedisFeedbackStore(redis: redis),
            load: RedisAssistantLoad(redis: redis),
            messages: RedisMessageMarks(redis: redis),
            sign: WorkingSign(chat: chat, redis: redis, logger: logger),
            usage: models.ledger,
            minutes: RedisMinutesStore(redis: redis, now: { WireTime.now.milliseconds }),
            workplace: FeishuMinutesWorkplace(clients: clients),
            autoMinutes: RedisAutoMinutes(redis: redis),
            makesMinutesDocuments: configuration.minutes.documents,
            documents: documents,
            transcription: models.transcription,
            knowledge: knowledge,
            shelves: Shelves(
                RedisShelves(
                    redis: redis,
                    bounds: ShelfBounds(
                        documents: configuration.knowledge.keptFiles,
                        bytes: configuration.knowledge.keptBytes,
                        life: configuration.knowledge.keptFor
                    ),
                    now: { WireTime.now.milliseconds }
                )
            ),
            tools: tools,
            reminders: ReminderDesk(reminders: reminders, zone: zone),
            plugins: plugins?.parts,
            rules: rules,
            zone: zone,
            now: { WireTime.now.milliseconds }
        )
        var registry = JobRegistry.assistant(parts)
        registry.register(RemindJob(reminders: reminders, chat: chat, zone: zone))
        registry.register(
            AutomationJob(
                book: rules,
                model: pool,
                usage: models.ledger,
                workplace: FeishuWorkplace(clients: clients),
                zone: zone,
                language: language
            )
        )
        if let examination = plugins?.examination { registry.register(examination) }
        // It runs in a process of its own, which only a program can start.
        registry.register(SpinJob())
        self.registry = registry
    }

    /// What goes on beside the jobs; in no process that runs one job for another.
    ///
    /// - Parameters:
    ///   - reload: The configuration file; nil where there is none.
    ///   - concurrency: How many jobs may run at once in this process.
    /// - Returns: The services.
    func services(
        reload: ConfigurationReload?,
        concurrency: @escaping @Sendable () -> Int
    ) -> [any Service] {
        var services: [any Service] = [
            ProfileReload(book: profiles, reload: reload, logger: logger),
            AnswerCapacity(
                concurrency: concurrency,
                worker: TaskID.random().rawValue,
                redis: redis,
                logger: logger
            ),
            ApprovalSubscriptions(
                book: rules,
                clients: clients,
                interval: configuration.automation.pollInterval,
                logger: logger
            ),
            ToolConnections(tools: tools),
        ]
        services += pluginServices
        let automation = configuration.automation
        if let path = automation.rulesFile {
            // A worker without a file leaves alone what others brought.
            services += [
                RulesFile(path: path, book: rules, zone: zone, interval: automation.pollInterval, logger: logger),
                RuleTimes.following(rules, redis: redis, interval: automation.pollInterval, logger: logger),
            ]
        }
        if let folder = configuration.knowledge.folder, let knowledge {
            services.append(
                KnowledgeFolder(
                    path: folder,
                    index: knowledge,
                    reader: documents,
                    interval: configuration.knowledge.pollInterval,
                    logger: logger
                )
            )
        }
        return services
    }

    private var pluginServices: [any Service] {
        guard let plugins else { return [] }
        let service = plugins.service(joining: { [clients, makeClient] apps in clients.join(apps, making: makeClient) })
        // Chats named in a manifest are those of the first app.
        guard let app = configuration.feishu.apps.first else { return [service] }
        let times = PluginTimes.following(
            plugins.host,
            appID: app.appID,
            zone: configuration.automation.timeZone,
            redis: redis,
            logger: logger
        )
        return [service, times]
    }

    /// Makes the clients of apps, which share what they call and what they count.
    private static func clientMaker(
        _ settings: Configuration.Feishu,
        http: HTTPClient,
        redis: RedisClient,
        logger: Logger
    ) -> @Sendable (FeishuApp) -> FeishuClient {
        let endpoint = FeishuEndpoint(baseURL: settings.baseURL, http: http)
        let metrics = FeishuMetrics()
        return { app in
            FeishuClient(
                app: app,
                endpoint: endpoint,
                tokens: TenantAccessTokens(
                    app: app,
                    endpoint: endpoint,
                    store: RedisTokenStore(redis),
                    logger: logger
                ),
                governor: RedisCallGovernor(
                    redis: redis,
                    appID: app.appID,
                    limits: CallLimits(streamingCallsPerMinute: settings.limits.streamingCallsPerMinute),
                    monthlyQuota: settings.limits.monthlyQuota,
                    logger: logger
                ),
                metrics: metrics
            )
        }
    }
}

/// Something configured that the worker cannot work with.
struct AssemblyProblem: Error, CustomStringConvertible {
    let description: String
}

/// Ends the sessions and processes of tools when the worker stops.
private struct ToolConnections: Service {
    let tools: ToolSet

    func run() async throws {
        try? await gracefulShutdown()
        await tools.close()
    }
}
