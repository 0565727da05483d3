import Cryptography
import Foundation
import Logging
import Testing

@testable import Platform

@Suite("Configuration")
struct ConfigurationTests {
    @Test("has the documented defaults when nothing is set")
    func defaults() throws {
        let configuration = try ConfigurationSources().load()
        #expect(configuration.gateway.host == "0.0.0.0")
        #expect(configuration.gateway.port == 8080)
        #expect(configuration.gateway.tls == nil)
        #expect(configuration.gateway.maximumBodyBytes == 1_048_576)
        #expect(configuration.administration.jwtSecret == nil)
        #expect(configuration.redis.url.value == "redis://127.0.0.1:6379/0")
        #expect(configuration.redis.durability == .async)
        #expect(configuration.redis.maximumConnections == 50)
        #expect(configuration.redis.connectionTimeout == .seconds(30))
        #expect(configuration.feishu.baseURL == "https://open.feishu.cn")
        #expect(configuration.feishu.apps.isEmpty)
        #expect(configuration.modelProviders.map(\.kind) == [.offline])
        #expect(configuration.worker.queues == ["interactive", "minutes", "background"])
        #expect(configuration.worker.concurrency == 200)
        #expect(configuration.log.level == .info)
        #expect(configuration.log.format == .json)
        #expect(configuration.assistant.language == "zh-CN")
    }

    @Test(
        "takes a flag over the environment over the file over the default",
        arguments: [
            (flag: "1", variable: "2", file: "3", port: 1, source: "command line"),
            (flag: nil, variable: "2", file: "3", port: 2, source: "environment LISTEN_PORT"),
            (flag: nil, variable: "", file: "3", port: 3, source: "config.yaml, line 2"),
            (flag: nil, variable: nil, file: nil, port: 8080, source: "default"),
        ] as [(String?, String?, String?, Int, String)]
    )
    func precedence(flag: String?, variable: String?, file: String?, port: Int, source: String) throws {
        var sources = ConfigurationSources()
        sources.flags["gateway.port"] = flag
        sources.environment["LISTEN_PORT"] = variable
        sources.yaml = file.map { "gateway:\n  port: \($0)\n" }
        let configuration = try sources.load()
        #expect(configuration.gateway.port == port)
        #expect(configuration.effective.first { $0.path == "gateway.port" }?.source.description == source)
    }

    @Test("reads the file that AI_ASSISTANT_CONFIG names")
    func fileFromEnvironment() throws {
        var sources = ConfigurationSources()
        sources.environment["AI_ASSISTANT_CONFIG"] = "/etc/other.yaml"
        sources.files["/etc/other.yaml"] = "worker: {concurrency: 7}"
        #expect(try sources.load().worker.concurrency == 7)
    }

    @Test("reads every kind of value from the file")
    func file() throws {
        let sources = ConfigurationSources(
            yaml: """
                database: {max_connections: 5, connection_timeout: 0.25}
                redis:
                  url: "rediss://user:pw@redis.internal:6380/1"
                  durability: fsync
                feishu:
                  apps:
                    - {app_id: cli_a, app_secret: one}
                    - {app_id: cli_b, encrypt_key_file: /run/secrets/key}
                llm:
                  providers:
                    - {kind: openai, base_url: https://llm.example/v1, model: m1, timeout: 30}
                    - {kind: offline}
                worker:
                  queues: [interactive, minutes]
                log:
                """,
            files: ["/run/secrets/key": "secret key\n"]
        )
        #expect(sources.problems().isEmpty)
        let configuration = try sources.load()
        #expect(configuration.redis.maximumConnections == 5)
        #expect(configuration.redis.connectionTimeout == .milliseconds(250))
        #expect(configuration.redis.durability == .fsync)
        #expect(configuration.feishu.apps.map(\.appID) == ["cli_a", "cli_b"])
        #expect(configuration.feishu.apps[0].appSecret == Secret("one"))
        #expect(configuration.feishu.apps[1].encryptKey == Secret("secret key"))
        #expect(configuration.modelProviders.map(\.kind) == [.openai, .offline])
        #expect(configuration.modelProviders[0].timeout == .seconds(30))
        #expect(configuration.modelProviders[1].timeout == .seconds(600))
        #expect(configuration.worker.queues == ["interactive", "minutes"])
    }

    @Test("defines one app and one model by the environment alone")
    func environmentAlone() throws {
        let configuration = try ConfigurationSources(environment: [
            "FEISHU_APP_ID": "cli_x", "FEISHU_APP_SECRET": "s", "FEISHU_VERIFICATION_TOKEN": "v",
            "LLM_PROVIDER": "openai", "LLM_BASE_URL": "http://127.0.0.1:1/v1", "LLM_MODEL": "m",
            "WORKER_QUEUES": "interactive, minutes",
        ]).load()
        #expect(configuration.feishu.apps.map(\.appID) == ["cli_x"])
        #expect(configuration.feishu.apps[0].verificationToken == Secret("v"))
        #expect(configuration.feishu.apps[0].encryptKey == nil)
        #expect(configuration.modelProviders.map(\.model) == ["m"])
        #expect(configuration.worker.queues == ["interactive", "minutes"])
    }

    @Test("puts the environment's app first and never mixes it with another app's secrets")
    func environmentApp() throws {
        var sources = ConfigurationSources(
            environment: ["FEISHU_APP_ID": "cli_new"],
            yaml: "feishu: {apps: [{app_id: cli_a, app_secret: sa}, {app_id: cli_b, app_secret: sb}]}"
        )
        var apps = try sources.load().feishu.apps
        #expect(apps.map(\.appID) == ["cli_new", "cli_a", "cli_b"])
        #expect(apps[0].appSecret == nil)

        sources.environment = ["FEISHU_APP_ID": "cli_b", "FEISHU_ENCRYPT_KEY": "e"]
        apps = try sources.load().feishu.apps
        #expect(apps.map(\.appID) == ["cli_b", "cli_a"])
        #expect(apps[0].appSecret == Secret("sb"))
        #expect(apps[0].encryptKey == Secret("e"))
    }

    @Test("reads every secret from the file that NAME_FILE names, without its line end")
    func secretFiles() throws {
        for setting in Setting.table where setting.mayComeFromFile {
            let value = setting.key == "redis.url" ? "redis://u:p@h:1/0" : "s3cret \(setting.environment)"
            var environment = ["\(setting.environment)_FILE": "/run/secrets/it"]
            if setting.list == "feishu.apps" { environment["FEISHU_APP_ID"] = "cli_a" }
            if setting.list == "tools.mcp_servers" {
                environment.merge(["MCP_NAME": "wiki", "MCP_URL": "https://h/mcp"]) { $1 }
            }
            let sources = ConfigurationSources(environment: environment, files: ["/run/secrets/it": "\(value)\r\n"])
            let effective = try sources.load().effective.first { $0.setting.key == setting.key }
            #expect(effective?.value == .text(value))
            #expect(effective?.source.description == "environment \(setting.environment)_FILE")
        }
    }

    @Test("takes an empty secret file for not set, so that one file per secret can always be mounted")
    func emptySecretFile() throws {
        let sources = ConfigurationSources(
            environment: ["FEISHU_APP_ID": "cli_a", "FEISHU_ENCRYPT_KEY_FILE": "/e", "JWT_SECRET_FILE": "/e"],
            yaml: "feishu: {apps: [{app_id: cli_a, app_secret_file: /e, encrypt_key: from file}]}",
            files: ["/e": "\n"]
        )
        let configuration = try sources.load()
        #expect(configuration.administration.jwtSecret == nil)
        #expect(configuration.feishu.apps[0].appSecret == nil)
        #expect(configuration.feishu.apps[0].encryptKey == Secret("from file"))
    }

    @Test("logs text on a terminal unless told otherwise")
    func terminal() throws {
        var sources = ConfigurationSources(isTerminal: true)
        #expect(try sources.load().log.format == .text)
        sources.environment["LOG_FORMAT"] = "json"
        #expect(try sources.load().log.format == .json)
    }

    @Test("shows no secret, neither whole nor inside a URL")
    func secretsAreMasked() throws {
        let configuration = try ConfigurationSources(environment: [
            "REDIS_URL": "redis://bob:hunter2@h:1/0?password=hunter3&x=1", "JWT_SECRET": "hunter4",
            "FEISHU_APP_ID": "cli_a", "FEISHU_APP_SECRET": "hunter5", "LLM_API_KEY": "hunter6",
        ]).load()
        let shown = configuration.effective.map { "\($0.path)=\($0.shown)" }.joined(separator: "\n")
        #expect(!shown.contains("hunter"))
        #expect(shown.contains("redis.url=redis://bob:***@h:1/0?password=***&x=1"))
        #expect(!"\(configuration.redis)".contains("hunter"))
        #expect(!"\(configuration.feishu.apps)".contains("hunter"))
        var dumped = ""
        dump(configuration.feishu, to: &dumped)
        dump(configuration.gateway, to: &dumped)
        #expect(!dumped.contains("hunter"))
    }

    @Test("the example mentions every setting, loads as it is and with everything switched on")
    func example() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        let text = try String(contentsOf: root.appending(path: "config.example.yaml"), encoding: .utf8)
        #expect(ConfigurationSources(yaml: text).problems().isEmpty)

        let everything = text.replacing(/(?m)^( *)#(?=(?:- )?[a-z_]+:)/) { $0.1 }
        let entries = try ConfigurationFile(parsing: everything, name: "example").entries
        #expect(Set(entries.map(\.key)) == Set(Setting.keys))
        for setting in Setting.table {
            #expect(text.contains(setting.environment), "\(setting.environment) is not mentioned")
            guard setting.list == nil, let fallback = setting.fallback else { continue }
            let leaf = entries.first { $0.key == setting.key }?.leaf
            let items = ConfigurationFile.Leaf.items(fallback.split(separator: ",").map(String.init))
            #expect(leaf == .plain(fallback) || leaf == items, "\(setting.key) is not shown with its default")
        }
    }

    @Test("every default is a value of its own kind, and names are used once")
    func table() {
        for setting in Setting.table {
            if let fallback = setting.fallback { #expect(setting.kind.value(of: fallback) != nil) }
        }
        #expect(Set(Setting.keys).count == Setting.table.count)
        #expect(Set(Setting.table.map(\.environment)).count == Setting.table.count)
    }
}
