import Cryptography
import Logging

extension Configuration {
    /// Reads and checks everything.
    ///
    /// - Throws: all problems there are.
    package static func load(from input: ConfigurationInput = .init()) throws(ConfigurationProblems) -> Configuration {
        var resolver = SettingsResolver(input)
        resolver.checkTogether(readFile: input.readFile)
        guard resolver.problems.isEmpty else { throw ConfigurationProblems(problems: resolver.problems) }
        return Configuration(resolver)
    }

    private init(_ settings: SettingsResolver) {
        gateway = Gateway(settings)
        administration = Administration(settings)
        plugins = Plugins(settings)
        redis = Redis(settings)
        payload = Payload(settings)
        feishu = Feishu(settings)
        modelProviders = settings.elements(of: "llm.providers").map { ModelProvider(settings, at: $0) }
        models = Models(settings)
        toolServers = settings.elements(of: "tools.mcp_servers").map { ToolServer(settings, at: $0) }
        worker = Worker(settings)
        remoteControl = RemoteControl(settings)
        results = Results(settings)
        log = Log(
            level: Logger.Level(rawValue: settings.text("log.level")) ?? .info,
            format: Log.Format(rawValue: settings.text("log.format")) ?? .json
        )
        assistant = Assistant(settings)
        knowledge = Knowledge(settings)
        minutes = Minutes(settings)
        automation = Automation(settings)
        schedules = settings.elements(of: "schedules").map { Schedule(settings, at: $0) }
        effective = settings.effective
    }
}

extension Configuration.Gateway {
    fileprivate init(_ settings: SettingsResolver) {
        host = settings.text("gateway.host")
        port = settings.integer("gateway.port")
        if let certificate = settings.optionalText("gateway.tls.certificate"),
            let privateKey = settings.optionalText("gateway.tls.private_key")
        {
            tls = TLS(certificate: certificate, privateKey: privateKey)
        } else {
            tls = nil
        }
        maximumConnections = settings.integer("gateway.max_connections")
        maximumBodyBytes = settings.integer("gateway.max_body_bytes")
        maximumHeaderBytes = settings.integer("gateway.max_header_bytes")
        headerTimeout = settings.duration("gateway.header_timeout")
        bodyTimeout = settings.duration("gateway.body_timeout")
        idleTimeout = settings.duration("gateway.idle_timeout")
        enqueueTimeout = settings.duration("gateway.enqueue_timeout")
        gracePeriod = settings.duration("gateway.grace_period")
    }
}

extension Configuration.Redis {
    fileprivate init(_ settings: SettingsResolver) {
        url = Secret(settings.text("redis.url"))
        keyPrefix = settings.optionalText("redis.key_prefix") ?? ""
        durability = Configuration.Durability(rawValue: settings.text("redis.durability")) ?? .async
        maximumConnections = settings.integer("database.max_connections")
        connectionTimeout = settings.duration("database.connection_timeout")
    }
}

extension Configuration.Payload {
    fileprivate init(_ settings: SettingsResolver) {
        keysFile = settings.optionalText("payload.keys_file")
        compressOver = settings.integer("payload.compress_over")
        asideOver = settings.integer("payload.aside_over")
    }
}

extension Configuration.Feishu {
    fileprivate init(_ settings: SettingsResolver) {
        baseURL = settings.text("feishu.base_url")
        limits = Limits(
            monthlyQuota: settings.integer("feishu.monthly_quota"),
            streamingCallsPerMinute: settings.integer("feishu.streaming_calls_per_minute")
        )
        apps = settings.elements(of: "feishu.apps").map { app in
            App(
                appID: settings.text("\(app).app_id"),
                appSecret: settings.secret("\(app).app_secret"),
                encryptKey: settings.secret("\(app).encrypt_key"),
                verificationToken: settings.secret("\(app).verification_token")
            )
        }
    }
}

extension Configuration.Worker {
    fileprivate init(_ settings: SettingsResolver) {
        queues = settings.names("worker.queues")
        queueOrder = QueueOrder(rawValue: settings.text("worker.queue_order")) ?? .weighted
        concurrency = settings.integer("worker.concurrency")
        autoscale = Self.autoscale(settings)
        processes = settings.integer("worker.processes")
        gracePeriod = settings.duration("worker.grace_period")
        lease = settings.duration("worker.lease")
        visibilityTimeout = settings.duration("worker.visibility_timeout")
        unknownTaskRequeues = settings.integer("worker.unknown_task_requeues")
        host = settings.text("worker.host")
        port = settings.integer("worker.port")
    }
}

extension SettingsResolver {
    /// What no setting shows alone.
    fileprivate mutating func checkTogether(readFile: (String, Int) -> String?) {
        for (one, other) in [
            ("gateway.tls.certificate", "gateway.tls.private_key"),
            ("gateway.tls.private_key", "gateway.tls.certificate"),
        ] {
            guard let path = optionalText(one) else { continue }
            if optionalText(other) == nil {
                add(ConfigurationProblem(other, "is not set, expected with \(one)"))
            }
            if readFile(path, 1_048_576) == nil {
                add(ConfigurationProblem(one, found: "\"\(path)\"", "expected the path of a readable file"))
            }
        }
        checkApps()
        checkModels()
        checkTools()
        checkScaling()
        checkAdministration()
    }

    private mutating func checkApps() {
        var seen: Set<String> = []
        for path in elements(of: "feishu.apps") {
            guard let appID = optionalText("\(path).app_id") else {
                if !isBroken(path, "app_id") {
                    add(ConfigurationProblem("\(path).app_id", "is not set, expected for every app"))
                }
                continue
            }
            if !seen.insert(appID).inserted {
                let explanation = "expected a different ID in each app"
                add(ConfigurationProblem("\(path).app_id", found: "\"\(appID)\"", explanation))
            }
        }
    }

    /// Whether the setting was given, but wrongly, which is a problem of its own already.
    func isBroken(_ path: String, _ field: String) -> Bool {
        problems.contains { $0.key == "\(path).\(field)" }
    }
}
