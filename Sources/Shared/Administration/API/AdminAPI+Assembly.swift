import Assistant
import Cryptography
import FoundationEssentials
import Identity
import JSON
package import JobPayload
import JobQueue
package import Logging
package import Platform
package import Plugins
package import Redis

/// Something configured that the admin API cannot work with.
package struct AdminAssemblyProblem: Error, CustomStringConvertible {
    package let description: String
}

extension AdminAPI {
    /// What the part of the API takes that plugins, people and tokens are administered by.
    package struct KeyedParts: Sendable {
        let examiner: any PluginExaminer
        let trials: any PluginTrials

        /// - Parameters:
        ///   - examiner: Asks services what they are.
        ///   - trials: Has plugins called.
        package init(examiner: any PluginExaminer, trials: any PluginTrials) {
            self.examiner = examiner
            self.trials = trials
        }
    }

    /// The API over everything that is configured.
    ///
    /// - Parameters:
    ///   - configuration: All of it.
    ///   - redis: The client.
    ///   - audit: Where acts are written down.
    ///   - payload: In what form tasks are enqueued. Throws where its keys cannot be read.
    ///   - keyed: For plugins, people and tokens; nil for an API without them, which reads no key, so that an operator
    ///     can look into queues who may read none.
    ///   - logger: Told of failures that are nobody's mistake.
    ///   - now: Milliseconds since 1970, by which tokens, codes and waits are measured.
    /// - Throws: `AdminAssemblyProblem` for keys that cannot be used.
    package init(
        configuration: Configuration,
        redis: RedisClient,
        audit: any AuditLog,
        payload: @escaping @Sendable () throws -> JobPayload,
        keyed: KeyedParts?,
        logger: Logger,
        now: @escaping @Sendable () -> Int64 = { WireTime.now.milliseconds }
    ) async throws(AdminAssemblyProblem) {
        let settings = configuration.administration
        let queues = configuration.worker.queues.map { QueueName($0) }
        let app = configuration.feishu.apps.first?.appID
        var routes =
            QueueRoutes(redis: redis, queues: queues).routes + DeadLetterRoutes(redis: redis).routes
            + LimitRoutes(redis: redis).routes + TurnRoutes(redis: redis).routes
            + JobRoutes(redis: redis, queues: queues).routes + WorkerRoutes(redis: redis, queues: queues).routes
            + ScheduleRoutes(
                redis: redis,
                zone: configuration.automation.timeZone,
                durability: Durability(rawValue: configuration.redis.durability.rawValue) ?? .async,
                payload: payload
            ).routes
            + UsageRoutes(
                ledger: RedisUsageLedger(
                    redis: redis,
                    calendar: UsageCalendar(utcOffset: configuration.models.budgets.utcOffset),
                    now: now
                ),
                currency: configuration.models.currency,
                app: app
            ).routes + FeedbackRoutes(store: RedisFeedbackStore(redis: redis), app: app).routes
            + ConversationRoutes(
                store: RedisConversationStore(redis: redis, memory: configuration.assistant.historyMemory)
            ).routes
            + ConfigurationRoutes(configuration: configuration).routes
            + AuditRoutes(
                reader: AuditReader(redis: redis),
                verification: AuditVerification(redis: redis),
                retention: AuditRetention(redis: redis, log: audit),
                log: audit
            ).routes
        var doors = AdminDoors(
            tokens: nil,
            stepUp: nil,
            rate: RequestRate(redis: redis, limit: settings.rateLimit, now: now)
        )
        if let keyed {
            let sealing = try Self.sealingKey(configuration.plugins)
            let registry = PluginRegistry(redis: redis, sealing: sealing, logger: logger, now: now)
            routes += try Self.plugins(keyed, registry, language: configuration.assistant.language).routes
            if let keys = try await Self.keys(settings, logger: logger) {
                let identity = IdentityParts(settings, keys: keys, redis: redis, sealing: sealing, now: now)
                routes += identity.routes
                doors = AdminDoors(tokens: identity.tokens, stepUp: identity.stepUp, rate: doors.rate)
            }
        }
        let described = routes
        routes.append(
            AdminRoute(.get, "/openapi.json", "openapi", .anybody, "Describes this API (OpenAPI 3.1).") { _ in
                AdminReply(OpenAPIDocument(routes: described, version: BuildInfo.version).document)
            }
            .answering(Schemas.anything)
        )
        self.init(routes: routes, doors: doors, audit: AdminAudit(trail: audit), logger: logger)
    }

    private static func sealingKey(_ settings: Configuration.Plugins) throws(AdminAssemblyProblem) -> SealingKey? {
        do throws(PluginsKeyProblem) {
            return try settings.sealingKey()
        } catch {
            throw AdminAssemblyProblem(description: "\(error)")
        }
    }

    private static func plugins(
        _ keyed: KeyedParts,
        _ registry: PluginRegistry,
        language: String
    ) throws(AdminAssemblyProblem) -> PluginRoutes {
        let catalogue: PluginCatalogue
        do throws(ContractProblems) {
            catalogue = try PluginCatalogue.builtIn()
        } catch {
            throw AdminAssemblyProblem(description: "the catalogue is broken: \(error)")
        }
        return PluginRoutes(
            operations: PluginOperations(registry: registry, catalogue: catalogue, examiner: keyed.examiner),
            registry: registry,
            catalogue: catalogue,
            trials: keyed.trials,
            language: language
        )
    }

    /// Nil where nothing is set, or the secret is one that anybody could guess: then the API is closed.
    private static func keys(
        _ settings: Configuration.Administration,
        logger: Logger
    ) async throws(AdminAssemblyProblem) -> TokenKeys? {
        guard settings.isOpen else { return nil }
        do throws(TokenKeysError) {
            return try await TokenKeys(
                secret: settings.jwtSecret,
                privateKey: try settings.jwtPrivateKey.map { path throws(TokenKeysError) in
                    Secret(try contents(of: path, as: .privateKeyUnusable))
                },
                keySet: try settings.jwks.map { path throws(TokenKeysError) in
                    try contents(of: path, as: .keySetUnusable("it cannot be read"))
                }
            )
        } catch .secretTooShort {
            logger.error("the admin API is closed", metadata: ["reason": "\(TokenKeysError.secretTooShort)"])
            return nil
        } catch {
            throw AdminAssemblyProblem(description: "\(error)")
        }
    }

    private static func contents(of path: String, as failure: TokenKeysError) throws(TokenKeysError) -> String {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= 1 << 20,
            let text = String(validating: data, as: UTF8.self)
        else { throw failure }
        return text
    }
}

/// What knows people and tokens, put together.
private struct IdentityParts {
    let tokens: TokenAuthority
    let stepUp: StepUp
    let routes: [AdminRoute]

    init(
        _ settings: Configuration.Administration,
        keys: TokenKeys,
        redis: RedisClient,
        sealing: SealingKey?,
        now: @escaping @Sendable () -> Int64
    ) {
        let tokens = TokenAuthority(
            keys: keys,
            issuer: settings.issuer,
            audience: settings.audience,
            redis: redis,
            now: now
        )
        let secondStep = SecondStep(redis: redis, sealing: sealing, issuer: settings.issuer, now: now)
        let hashing = PasswordHashing()
        let accounts = Accounts(redis: redis, hashing: hashing, tokens: tokens)
        self.tokens = tokens
        stepUp = StepUp(tokens: tokens, secondStep: secondStep, lifetime: settings.stepUpLifetime)
        let signIn = SignIn(
            redis: redis,
            hashing: hashing,
            secondStep: secondStep,
            tokens: tokens,
            accessLifetime: settings.tokenLifetime,
            refreshLifetime: settings.refreshLifetime
        )
        routes =
            SessionRoutes(signIn: signIn, accounts: accounts, secondStep: secondStep, stepUp: stepUp, keys: keys).routes
            + PeopleRoutes(accounts: accounts, secondStep: secondStep).routes + TokenRoutes(tokens: tokens).routes
    }
}
