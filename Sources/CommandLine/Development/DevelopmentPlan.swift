import Cryptography
import FoundationEssentials

/// Decides what is started, with which settings. No I/O.
struct DevelopmentPlan {
    /// The ports on the loopback interface.
    struct Ports: Equatable {
        let gateway: Int
        let worker: Int
        let sandbox: Int
    }

    /// Secrets made for this run alone.
    struct Secrets {
        let appID: String
        let appSecret: Secret
        let encryptKey: Secret
        let verificationToken: Secret

        /// Fresh random ones.
        static func random() -> Secrets {
            func text(_ bytes: Int) -> String { Hex.encode(RandomBytes.generate(count: bytes)) }
            return Secrets(
                appID: "cli_\(text(8))",
                appSecret: Secret(text(16)),
                encryptKey: Secret(text(16)),
                verificationToken: Secret(text(16))
            )
        }
    }

    /// Where the programs are: beside this one.
    let programs: String
    let dataPath: String
    let socketPath: String
    let ports: Ports
    let secrets: Secrets
    /// Our own environment, which the programs inherit but for what is set here.
    let environment: [String: String]
    /// End after the demonstration.
    let isOnce: Bool

    var gatewayURL: String { "http://127.0.0.1:\(ports.gateway)" }
    var workerURL: String { "http://127.0.0.1:\(ports.worker)" }
    var chatURL: String { "http://127.0.0.1:\(ports.sandbox)/" }
    var redisURL: String { "redis+socket://\(socketPath)" }

    /// Where the settings of the private Redis are written before it starts.
    var redisSettingsPath: String { "\(dataPath)/redis.conf" }

    /// What is written there. It listens on a socket that only this user can open.
    var redisSettings: String {
        """
        # Written by ai-assistant dev at every start.
        port 0
        unixsocket \(Self.quoted(socketPath))
        unixsocketperm 700
        dir \(Self.quoted(dataPath))
        logfile \(Self.quoted(redisLog))
        daemonize no
        appendonly yes
        appendfsync everysec
        save ""
        maxmemory-policy noeviction

        """
    }

    /// The file with the key of plugins' secrets, which stays from run to run as Redis' data do.
    var pluginsKeyPath: String { "\(dataPath)/plugins.key" }

    private var redisLog: String { "\(dataPath)/redis.log" }

    func redis(lock: Int32) -> ChildProcess.Plan {
        ChildProcess.Plan(
            name: "redis",
            program: "redis-server",
            arguments: [redisSettingsPath],
            environment: environment,
            log: redisLog,
            lock: lock
        )
    }

    var gateway: ChildProcess.Plan {
        program("gateway", setting: ["LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": "\(ports.gateway)"])
    }

    var worker: ChildProcess.Plan {
        program("worker", setting: ["WORKER_HOST": "127.0.0.1", "WORKER_PORT": "\(ports.worker)"])
    }

    var sandbox: ChildProcess.Plan {
        program(
            "sandbox",
            arguments: ["--demo"] + (isOnce ? ["--once"] : []),
            setting: [
                "SANDBOX_HOST": "127.0.0.1", "SANDBOX_PORT": "\(ports.sandbox)", "SANDBOX_GATEWAY_URL": gatewayURL,
                "SANDBOX_APP_ID": secrets.appID, "SANDBOX_APP_SECRET": secrets.appSecret.value,
                "SANDBOX_ENCRYPT_KEY": secrets.encryptKey.value,
                "SANDBOX_VERIFICATION_TOKEN": secrets.verificationToken.value,
            ]
        )
    }

    private func program(
        _ name: String,
        arguments: [String] = [],
        setting own: [String: String]
    ) -> ChildProcess.Plan {
        let common = [
            "REDIS_URL": redisURL, "FEISHU_BASE_URL": "http://127.0.0.1:\(ports.sandbox)",
            "FEISHU_APP_ID": secrets.appID, "FEISHU_APP_SECRET": secrets.appSecret.value,
            "FEISHU_ENCRYPT_KEY": secrets.encryptKey.value,
            "FEISHU_VERIFICATION_TOKEN": secrets.verificationToken.value,
        ]
        var variables = environment
        // Plugins that somebody writes here are services of this machine.
        variables["PLUGINS_ALLOWED_NETWORKS"] = variables["PLUGINS_ALLOWED_NETWORKS"] ?? "127.0.0.0/8"
        if variables["PLUGINS_KEY"] == nil, variables["PLUGINS_KEY_FILE"] == nil {
            variables["PLUGINS_KEY_FILE"] = pluginsKeyPath
        }
        for (name, value) in common.merging(own, uniquingKeysWith: { $1 }) {
            variables[name] = value
            variables["\(name)_FILE"] = nil
        }
        // Plain HTTP between our own programs, whatever certificates the environment names.
        for name in ["TLS_CERTIFICATE", "TLS_PRIVATE_KEY"] { variables[name] = nil }
        if variables["LOG_FORMAT"] == nil { variables["LOG_FORMAT"] = "text" }
        return ChildProcess.Plan(
            name: name,
            program: "\(programs)/\(name)",
            arguments: arguments,
            environment: variables
        )
    }

    /// A value in the syntax of redis.conf.
    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
