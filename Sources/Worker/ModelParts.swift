import Assistant
import FoundationEssentials
import HTTP
import JobQueue
import LanguageModel
import Logging
import Platform
import Redis
import Resilience
import ToolProtocol

/// The models and what belongs to them, put together from the configuration.
struct ModelParts {
    let configuration: Configuration
    let redis: RedisClient
    let http: any HTTPTransport
    let logger: Logger

    /// The configured models in their order, under the limits that all workers share.
    var pool: ModelPool {
        let settings = configuration.models
        let providers = configuration.modelProviders
        let models = providers.map { model($0, isOnly: providers.count == 1) }
        var limits: [String: ModelLimits] = [:]
        for provider in providers { limits[provider.name] = ModelLimits(provider) }
        let longestPause = providers.map { max($0.firstTokenTimeout, $0.betweenTokensTimeout) }.max() ?? .zero
        return ModelPool(
            models.isEmpty ? [OfflineModel(language: language)] : models,
            configuration: .init(
                breaker: .init(consecutiveFailures: settings.circuitFailures, pause: settings.circuitPause),
                longestWait: settings.limitWait
            ),
            quota: RedisModelQuota(
                redis: redis,
                limits: limits,
                lifetime: max(RedisModelQuota.defaultLifetime, longestPause + .seconds(30))
            ),
            logger: logger
        )
    }

    /// What they cost, by whom it was spent, and what may be spent.
    var ledger: RedisUsageLedger {
        let budgets = configuration.models.budgets
        var prices: [String: ModelPrice] = [:]
        for provider in configuration.modelProviders {
            prices[provider.name] = ModelPrice(input: provider.inputPrice, output: provider.outputPrice)
        }
        return RedisUsageLedger(
            redis: redis,
            prices: prices,
            budgets: UsageBudgets(
                user: .init(tokens: budgets.userTokens, cost: budgets.userCost),
                chat: .init(tokens: budgets.chatTokens, cost: budgets.chatCost),
                total: .init(tokens: budgets.totalTokens, cost: budgets.totalCost)
            ),
            calendar: UsageCalendar(utcOffset: budgets.utcOffset),
            currency: configuration.models.currency,
            now: { WireTime.now.milliseconds }
        )
    }

    /// What understands speech; nil where nothing does.
    var transcription: TranscriptionModel? {
        configuration.models.transcription.map { settings in
            TranscriptionModel(
                configuration: .init(
                    baseURL: settings.baseURL,
                    apiKey: settings.apiKey,
                    model: settings.model,
                    timeout: settings.timeout
                ),
                http: http
            )
        }
    }

    private var language: WrittenLanguage {
        WrittenLanguage(rawValue: configuration.assistant.language) ?? .chinese
    }

    /// One try where others stand by: they are quicker than a pause.
    private func model(_ provider: Configuration.ModelProvider, isOnly: Bool) -> any LanguageModel {
        guard provider.kind == .openai, let baseURL = provider.baseURL, let model = provider.model else {
            return OfflineModel(language: language)
        }
        return OpenAIModel(
            configuration: OpenAIConfiguration(
                baseURL: baseURL,
                apiKey: provider.apiKey,
                model: model,
                name: provider.name,
                readsImages: provider.readsImages,
                tokenLimitField: .init(rawValue: provider.tokenLimitField) ?? .maxTokens,
                deadlines: .init(
                    firstToken: provider.firstTokenTimeout,
                    betweenTokens: provider.betweenTokensTimeout,
                    total: provider.timeout
                ),
                retries: .init(maximumTries: isOnly ? 3 : 1)
            ),
            http: http,
            logger: logger
        )
    }
}

extension ModelLimits {
    fileprivate init(_ provider: Configuration.ModelProvider) {
        self.init(
            requestsPerMinute: provider.requestsPerMinute.orNone,
            tokensPerMinute: provider.tokensPerMinute.orNone,
            concurrency: provider.maximumConcurrent.orNone
        )
    }
}

extension UsageBudgets.Bound {
    /// `cost` is in the currency.
    fileprivate init(tokens: Int, cost: Double) {
        self.init(tokens: tokens.orNone, microCost: Int((cost * 1_000_000).rounded()).orNone)
    }
}

extension Int {
    /// 0 stands for no bound in settings.
    fileprivate var orNone: Int? { self == 0 ? nil : self }
}

extension ModelParts {
    /// The tools that models may use. Whoever takes them closes them at the end.
    ///
    /// - Parameter others: What has tools besides the configured servers.
    /// - Returns: All of them as one.
    func tools(joinedBy others: [any ToolServer]) -> ToolSet {
        let variables = ["PATH", "HOME", "LANG"]
        let environment = ProcessInfo.processInfo.environment.filter { variables.contains($0.key) }
        let identity = ClientIdentity(name: "ai-assistant", version: BuildInfo.version)
        let servers = configuration.toolServers.map { settings in
            let address: MCPServerConfiguration.Address =
                switch settings.address {
                case .url(let url): .url(url)
                case .command(let command): .command(command, environment: environment)
                }
            return MCPServer(
                configuration: MCPServerConfiguration(
                    name: settings.name,
                    address: address,
                    authorization: settings.authorization,
                    allowedTools: settings.allowedTools.map { Set($0) },
                    sensitiveTools: Set(settings.sensitiveTools),
                    timeout: settings.timeout
                ),
                identity: identity,
                http: http,
                logger: logger
            )
        }
        return ToolSet(servers + others, logger: logger)
    }
}
