import Foundation
import HTTP
package import HTTPClient
import JSON
import Logging
import NIOConcurrencyHelpers
package import Redis

/// The whole product as real processes: a redis-server, the gateway, the sandbox and any number of workers, all on free
/// ports of 127.0.0.1.
package final class AssistantSystem: Sendable {
    /// The app that gateway, workers and sandbox agree on.
    package enum App {
        package static let id = "cli_0123456789abcdef"
        package static let secret = "secret-of-the-test-app"
        package static let encryptKey = "encrypt-key-of-the-test-app"
        package static let verificationToken = "token-of-the-test-app"
    }

    /// What differs from test to test.
    package struct Options: Sendable {
        package var workers = 1
        package var redis: [String] = []
        /// Further environment of gateway, workers and command line.
        package var settings: [String: String] = [:]
        /// Whether to wait until the gateway has answered the sandbox's challenge; not where they do not agree.
        package var isVerified = true
        /// Further arguments of the sandbox.
        package var sandbox: [String] = ["--unlimited"]

        package init(workers: Int = 1, redis: [String] = [], settings: [String: String] = [:]) {
            self.workers = workers
            self.redis = redis
            self.settings = settings
        }
    }

    package let redis: RedisServer
    /// Such as `http://127.0.0.1:41234`.
    package let gatewayURL: String
    private let gatewayPort: String
    package let sandbox: SandboxControl
    /// The test's own look into Redis.
    package let database: RedisClient
    package let http: HTTPClient
    /// The environment of every program of ours but the sandbox.
    package let environment: [String: String]
    private let sandboxProcess: ProgramProcess
    private let started = NIOLockedValueBox<[ProgramProcess]>([])
    private let runningGateway: NIOLockedValueBox<ProgramProcess>

    /// Runs `body` with a system that is ended afterwards. When `body` throws, the programs' logs are printed.
    package static func with<Value>(
        _ options: Options = Options(),
        _ body: (AssistantSystem) async throws -> Value
    ) async throws -> Value {
        let system = try await AssistantSystem(options)
        let result: Result<Value, any Error>
        do {
            try await system.isReady(options)
            result = .success(try await body(system))
        } catch {
            print(system.logs)
            result = .failure(error)
        }
        await system.end()
        return try result.get()
    }

    private init(_ options: Options) async throws {
        redis = try await RedisServer.start(arguments: options.redis)
        var environment = [
            "REDIS_URL": redis.url, "FEISHU_APP_ID": App.id, "FEISHU_APP_SECRET": App.secret,
            "FEISHU_ENCRYPT_KEY": App.encryptKey, "FEISHU_VERIFICATION_TOKEN": App.verificationToken,
            "LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": "0", "LOG_FORMAT": "json", "AI_ASSISTANT_LANGUAGE": "en",
        ].merging(options.settings) { $1 }
        let gateway = try ProgramProcess("gateway", environment: environment)
        runningGateway = NIOLockedValueBox(gateway)
        let line = try JSONValue(parsing: try await gateway.says(#""message":"listening""#))
        gatewayPort = line["metadata"]?["port"]?.string ?? ""
        gatewayURL = "http://127.0.0.1:\(gatewayPort)"

        sandboxProcess = try ProgramProcess(
            "sandbox",
            ["--port", "0", "--gateway-url", gatewayURL, "--app-id", App.id, "--redelivery-speed", "1000"]
                + options.sandbox,
            environment: [
                "SANDBOX_APP_SECRET": App.secret, "SANDBOX_ENCRYPT_KEY": App.encryptKey,
                "SANDBOX_VERIFICATION_TOKEN": App.verificationToken,
            ]
        )
        let address = try await sandboxProcess.says("listening: ").components(separatedBy: "listening: ").last ?? ""
        http = HTTPClient()
        sandbox = SandboxControl(url: String(address.dropLast()), http: http)
        environment["FEISHU_BASE_URL"] = sandbox.url
        self.environment = environment

        var configuration = try RedisConfiguration(url: redis.url)
        configuration.clientName = "test"
        let silence = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        database = try RedisClient(configuration: configuration, logger: silence)
        for _ in 0..<options.workers { _ = try startWorker() }
    }

    private func isReady(_ options: Options) async throws {
        if options.isVerified {
            try await eventually("the gateway's answer to the challenge", within: .seconds(30)) {
                try await sandbox.stats()["verified"]?.bool == true
            }
        }
        for worker in started.withLockedValue({ $0 }) { try await worker.says(#""message":"worker registered""#) }
    }

    /// Starts one more worker; it says `worker registered` once it works. Of its environment only `settings` differ.
    package func startWorker(_ settings: [String: String] = [:]) throws -> ProgramProcess {
        let worker = try ProgramProcess("worker", environment: environment.merging(settings) { $1 })
        started.withLockedValue { $0.append(worker) }
        return worker
    }

    /// The gateway, the latest where there were several.
    package var gateway: ProgramProcess { runningGateway.withLockedValue { $0 } }

    /// Ends the gateway at once, if it runs, and starts one on the same port; returns once it listens.
    package func restartGateway() async throws {
        gateway.kill()
        let next = try ProgramProcess("gateway", environment: environment.merging(["LISTEN_PORT": gatewayPort]) { $1 })
        runningGateway.withLockedValue { $0 = next }
        try await next.says(#""message":"listening""#)
    }

    /// The workers started so far, ended ones included.
    package var workers: [ProgramProcess] { started.withLockedValue { $0 } }

    private func end() async {
        for worker in workers { worker.kill() }
        gateway.kill()
        sandboxProcess.kill()
        database.close()
        redis.stop()
        await http.shutdown()
    }

    private var logs: String {
        ([gateway, sandboxProcess] + workers).map { "--- \($0.name) \($0.pid)\n\($0.log.suffix(4_000))" }
            .joined(separator: "\n")
    }

    // MARK: What a test asks

    package func census() async throws -> QueueCensus { try await QueueCensus.take(database, strays: true) }

    /// Waits until no task waits or runs anywhere.
    @discardableResult
    package func settled(within timeout: Duration = .seconds(30)) async throws -> QueueCensus {
        var census = QueueCensus()
        try await eventually("empty queues", within: timeout) {
            guard try await QueueCensus.take(database, strays: false).isIdle else { return false }
            census = try await self.census()
            return census.isIdle
        }
        return census
    }

    /// One request to the gateway, and how long its answer took (``unhurried(_:)``).
    package func ask(
        _ method: String = "GET",
        _ path: String,
        headers: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> (status: Int, body: String, took: Duration) {
        let (response, took) = try await unhurried {
            try await http.execute(
                HTTPClientRequest(method: method, url: gatewayURL + path, headers: headers, body: body)
            )
        }
        return (response.status, String(decoding: response.body, as: UTF8.self), took)
    }

    /// How many deliveries the gateway counts with this outcome, such as `stored` or `duplicate`.
    package func deliveries(_ outcome: String) async throws -> Int {
        let line = try await ask("GET", "/metrics").body.components(separatedBy: "\n")
            .first { $0.hasPrefix("gateway_events_total{") && $0.contains("outcome=\"\(outcome)\"") }
        return line?.components(separatedBy: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0
    }
}
