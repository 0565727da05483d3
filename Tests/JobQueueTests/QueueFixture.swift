import JSON
import Logging
import NIOCore
import NIOPosix
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// A private Redis with one queue, and workers on it that the test starts and stops.
struct QueueFixture: Sendable {
    let server: RedisServer
    let redis: RedisClient
    let queue: QueueName = "work"
    var keys: QueueKeys { redis.keys(of: queue) }
    var producer: JobProducer { JobProducer(redis: redis) }

    /// - Parameters:
    ///   - keyPrefix: What all keys and channels are to begin with: the account may use no others.
    ///   - body: The test.
    /// - Returns: What the test returns.
    /// - Throws: What it throws.
    static func with<Value>(
        keyPrefix: String = "",
        _ body: (QueueFixture) async throws -> Value
    ) async throws -> Value {
        try await RedisServer.with { server in
            if !keyPrefix.isEmpty { try await confine(server, to: keyPrefix) }
            let redis = try client(server, keyPrefix: keyPrefix)
            defer { redis.close() }
            return try await body(QueueFixture(server: server, redis: redis))
        }
    }

    /// Makes the account `app`, which may use names with this prefix only.
    private static func confine(_ server: RedisServer, to keyPrefix: String) async throws {
        let owner = try client(server)
        defer { owner.close() }
        let rules = ["on", ">secret", "~\(keyPrefix)*", "resetchannels", "&\(keyPrefix)*", "+@all"]
        _ = try await owner.send(RedisCommand("ACL", arguments: ["SETUSER", "app"] + rules))
    }

    static func client(_ server: RedisServer, keyPrefix: String = "") throws -> RedisClient {
        var configuration = try RedisConfiguration(url: server.url)
        if !keyPrefix.isEmpty { configuration = try RedisConfiguration(url: server.url(as: "app:secret")) }
        configuration.keyPrefix = keyPrefix
        configuration.commandTimeout = .seconds(10)
        return try RedisClient(configuration: configuration, logger: logger)
    }

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    var configuration: WorkerConfiguration {
        var configuration = WorkerConfiguration(queues: [queue], concurrency: 50)
        configuration.lease = .seconds(2)
        configuration.beat = .milliseconds(200)
        configuration.leaseMargin = .milliseconds(500)
        configuration.gracePeriod = .seconds(5)
        return configuration
    }

    /// For a single life that is to last: its lease outlives what a busy machine may keep it waiting.
    var steadyConfiguration: WorkerConfiguration {
        var steady = configuration
        steady.lease = .seconds(60)
        return steady
    }

    /// Runs a worker while `body` runs, then cancels it.
    func withWorker<Value: Sendable>(
        _ registry: JobRegistry,
        configuration: WorkerConfiguration? = nil,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let worker = JobWorker(
            configuration: configuration ?? self.configuration,
            registry: registry,
            redis: redis,
            logger: Self.logger
        )
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            let value = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }

    /// One registered life of a worker, for a test that runs and ends it itself.
    func life(
        _ registry: JobRegistry,
        _ configuration: WorkerConfiguration,
        redis: RedisClient? = nil,
        childProcesses: (any ChildProcessLauncher)? = nil,
        logger: Logger = Self.logger
    ) async throws -> WorkerLife {
        let redis = redis ?? self.redis
        let incarnation = Incarnation.random()
        let registered = NIODeadline.now()
        for queue in configuration.queues {
            _ = try await redis.evaluate(
                QueueScripts.register,
                keys: [redis.keys(of: queue).workers],
                arguments: [incarnation.rawValue, configuration.lease.milliseconds]
            )
        }
        var configuration = configuration
        configuration.queueOrder = .strict
        let tuning = WorkerTuning(configuration, registry: registry, redis: redis)
        return WorkerLife(
            configuration: configuration,
            queues: configuration.queues,
            redis: redis,
            runner: JobRunner(
                registry: registry,
                producer: JobProducer(redis: redis),
                metrics: WorkerMetrics(queues: configuration.queues),
                logger: Self.logger,
                childProcesses: childProcesses,
                tuning: tuning.tasks
            ),
            tuning: tuning,
            incarnation: incarnation,
            registered: registered,
            heartbeatThread: MultiThreadedEventLoopGroup.singleton.next(),
            logger: logger
        )
    }

    /// Runs a life while `body` runs, stops it gracefully unless `body` has, and waits for its end.
    func run(_ life: WorkerLife, _ body: (StopRequest) async throws -> Void) async throws {
        let stop = StopRequest()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = await life.run(until: stop) }
            try await body(stop)
            stop.ask()
            try await group.waitForAll()
        }
    }

    /// Ends a lease as time would, with a reaper that looked just before: the first look for long gives every lease more
    /// time.
    func expire(_ incarnation: Incarnation, in queue: QueueKeys? = nil) async throws {
        let keys = queue ?? self.keys
        let now = try await command("TIME")
        _ = try await command("SET", keys.reaped, (now[0]?.integer ?? 0) * 1000)
        _ = try await command("ZADD", keys.workers, "XX", 1, incarnation.rawValue)
    }

    // MARK: Looking

    func command(_ name: String, _ arguments: any RedisArgument...) async throws -> RedisReply {
        try await redis.send(RedisCommand(name, arguments: arguments))
    }

    /// The tasks of the ready list, the next one last.
    func readyIDs() async throws -> [TaskID] {
        let messages = try await command("LRANGE", keys.ready, 0, -1).array ?? []
        return try messages.map { try TaskMessage(decoding: $0.bytes ?? []).id }
    }

    /// Where all messages are, summed in one step: what must be conserved. One that moved between two steps would be
    /// counted nowhere.
    func census() async throws -> [String: Int] {
        let script = """
            local prefix, ready, sums = ARGV[1], ARGV[2], {0, 0, 0, 0, 0, 0}
            for _, worker in ipairs(redis.call('ZRANGE', prefix .. 'workers', 0, -1)) do
              sums[1] = sums[1] + redis.call('HLEN', prefix .. 'inflight:' .. worker)
            end
            local counts = redis.call('HGETALL', prefix .. 'lanes')
            for at = 1, #counts, 2 do
              local length = redis.call('LLEN', prefix .. 'parked:' .. counts[at])
              sums[2] = sums[2] + length
              if length ~= tonumber(counts[at + 1]) then sums[6] = sums[6] + 1 end
            end
            for _, limit in ipairs(redis.call('ZRANGE', prefix .. 'limited', 0, -1)) do
              sums[3] = sums[3] + redis.call('LLEN', prefix .. 'limited:' .. limit)
            end
            for _, key in ipairs(redis.call('ZRANGE', prefix .. 'turns', 0, -1)) do
              sums[4] = sums[4] + redis.call('LLEN', prefix .. 'turn:' .. key)
            end
            for index = 3, #ARGV do sums[5] = sums[5] + redis.call('LLEN', ARGV[index]) end
            local scheduled, dead = redis.call('ZCARD', prefix .. 'scheduled'), redis.call('LLEN', prefix .. 'dead')
            return {redis.call('LLEN', ready), scheduled, dead, unpack(sums)}
            """
        let arguments: [any RedisArgument] = [script, 0, keys.prefix, keys.ready] + keys.byPriority
        let reply = try await redis.send(RedisCommand("EVAL", arguments: arguments))
        let names = [
            "ready", "scheduled", "dead", "inflight", "parked", "limited", "turns", "by priority",
            "lists of ordering keys whose length is not what the queue says",
        ]
        let counts = names.indices.map { Int(reply[$0]?.integer ?? -1) }
        return Dictionary(uniqueKeysWithValues: zip(names, counts)).filter { $0.value != 0 }
    }

    /// Expects that nothing was written without this prefix, and that the account was refused nothing.
    func expectPrefix(_ prefix: String) async throws {
        let owner = try Self.client(server)
        defer { owner.close() }
        let keys = (try await owner.send(RedisCommand("KEYS", "*")).array ?? []).compactMap(\.string)
        #expect(keys.count > 3)
        #expect(keys.filter { !$0.hasPrefix(prefix) } == [])
        let refusals = try await owner.send(RedisCommand("ACL", "LOG")).array ?? []
        #expect(refusals.isEmpty, "\(refusals)")
    }

    func result(_ id: TaskID) async throws -> JSONValue? {
        guard let bytes = try await command("GET", redis.names.result(of: id)).bytes else { return nil }
        return try JSONValue(parsing: bytes)
    }
}

/// What jobs did, in order.
final class Record: Sendable {
    private let entries = NIOLockedValueBox<[String]>([])
    var all: [String] { entries.withLockedValue { $0 } }
    func add(_ entry: String) { entries.withLockedValue { $0.append(entry) } }
}

/// A job whose work a test gives.
struct TestJob: Job {
    struct Arguments: Codable, Sendable { var value: String }

    static let name: TaskName = "test.job"
    static let parameters = ["value"]
    static let queue: QueueName = "work"
    static let retry = RetryPolicy.exponential(base: .milliseconds(1), cap: .milliseconds(20), maximumRetries: 2)

    let work: @Sendable (Arguments, JobContext) async throws -> String

    func run(_ arguments: Arguments, in context: JobContext) async throws -> String {
        try await work(arguments, context)
    }

    static func registry(
        _ work: @escaping @Sendable (Arguments, JobContext) async throws -> String
    ) -> JobRegistry {
        var registry = JobRegistry()
        registry.register(TestJob(work: work))
        return registry
    }
}

extension NewTask {
    /// The message, as a producer on this machine would publish it.
    func encoded(origin: String) -> [UInt8] {
        var message: [UInt8] = []
        encode(into: &message, origin: origin, at: WireTime(milliseconds: 1_764_000_000_000))
        return message
    }
}
