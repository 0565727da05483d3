import ChaosJobs
import NIOConcurrencyHelpers
import Redis
import TestSupport

@testable import JobQueue

/// Where workers are harmed: a Redis, the ledger's Redis beside it, and one queue.
struct ChaosBench: Sendable {
    let server: RedisServer
    /// The test's own client, which no fault reaches.
    let redis: RedisClient
    let ledgerServer: RedisServer
    let ledger: Ledger
    let queue: QueueName
    var keys: QueueKeys { redis.keys(of: queue) }

    /// Runs `body` with two servers that are ended afterwards.
    static func with<Value>(
        redis arguments: [String] = [],
        program: String = "redis-server",
        queue: QueueName = "chaos",
        _ body: (ChaosBench) async throws -> Value
    ) async throws -> Value {
        try await RedisServer.with(program: program, arguments: arguments) { server in
            try await RedisServer.with { ledgerServer in
                let redis = try RedisClient(configuration: hurried(server.url), logger: .silent)
                let notes = try RedisClient(configuration: RedisConfiguration(url: ledgerServer.url), logger: .silent)
                defer {
                    redis.close()
                    notes.close()
                }
                return try await body(
                    ChaosBench(
                        server: server,
                        redis: redis,
                        ledgerServer: ledgerServer,
                        ledger: Ledger(notes, queue: queue.rawValue),
                        queue: queue
                    )
                )
            }
        }
    }

    /// The same servers with another queue.
    func with(queue: QueueName, notes: RedisClient) -> ChaosBench {
        ChaosBench(
            server: server,
            redis: redis,
            ledgerServer: ledgerServer,
            ledger: Ledger(notes, queue: queue.rawValue),
            queue: queue
        )
    }

    /// A client that notices and repeats soon.
    static func hurried(_ url: String) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: url)
        configuration.connectTimeout = .seconds(1)
        configuration.commandTimeout = .seconds(1)
        configuration.stallTimeout = .seconds(1)
        configuration.backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(200))
        return configuration
    }

    /// A proxy before the Redis, which knows our scripts.
    func proxy() async throws -> FaultProxy {
        try await FaultProxy.start(to: server.port, scripts: QueueScripts.namesByDigest)
    }

    /// Starts a worker process that reaches Redis at `url`.
    func worker(at url: String, settings: [String: String] = [:]) throws -> ProgramProcess {
        let environment = [
            "CHAOS_REDIS_URL": url, "CHAOS_LEDGER_URL": ledgerServer.url, "CHAOS_QUEUE": queue.rawValue,
        ]
        return try ProgramProcess("chaos-worker", environment: environment.merging(settings) { $1 })
    }
}

extension ProgramProcess {
    /// The incarnations it has registered so far, the latest last.
    var incarnations: [String] {
        log.split(separator: "\n").filter { $0.hasPrefix("worker registered ") }
            .compactMap { $0.split(separator: " ").last.map(String.init) }
    }
}
