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
    var keys: QueueKeys { QueueKeys(queue) }
    var producer: JobProducer { JobProducer(redis: redis) }

    static func with<Value>(_ body: (QueueFixture) async throws -> Value) async throws -> Value {
        try await RedisServer.with { server in
            let redis = try client(server)
            defer { redis.close() }
            return try await body(QueueFixture(server: server, redis: redis))
        }
    }

    static func client(_ server: RedisServer) throws -> RedisClient {
        var configuration = try RedisConfiguration(url: server.url)
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
        _ = try await redis.evaluate(
            QueueScripts.register,
            keys: [keys.workers],
            arguments: [incarnation.rawValue, configuration.lease.milliseconds]
        )
        return WorkerLife(
            configuration: configuration,
            redis: redis,
            runner: JobRunner(
                registry: registry,
                producer: JobProducer(redis: redis),
                metrics: WorkerMetrics(queues: configuration.queues),
                logger: Self.logger,
                childProcesses: childProcesses
            ),
            slots: Slots(configuration.concurrency, queues: 1, order: .strict),
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

    // MARK: Looking

    func command(_ name: String, _ arguments: any RedisArgument...) async throws -> RedisReply {
        try await redis.send(RedisCommand(name, arguments: arguments))
    }

    /// Where all messages are, summed: what must be conserved.
    func census() async throws -> [String: Int] {
        var inflight = 0
        for worker in try await command("ZRANGE", keys.workers, 0, -1).array ?? [] {
            inflight += Int(try await command("HLEN", keys.inflight(worker.string ?? "")).integer ?? 0)
        }
        return [
            "ready": Int(try await command("LLEN", keys.ready).integer ?? 0), "inflight": inflight,
            "scheduled": Int(try await command("ZCARD", keys.scheduled).integer ?? 0),
            "dead": Int(try await command("LLEN", keys.dead).integer ?? 0),
            "parked": try await parked(), "limited": try await limited(),
            "turns": try await turns(), "by priority": try await length(of: keys.byPriority),
        ].filter { $0.value > 0 }
    }

    /// How many messages wait for a turn of their fairness key.
    private func turns() async throws -> Int {
        let names = (try await command("ZRANGE", keys.turns, 0, -1).array ?? []).compactMap(\.string)
        return try await length(of: names.map { keys.turn($0) })
    }

    /// How many messages wait for their ordering key; each list is as long as the queue says at that moment.
    private func parked() async throws -> Int {
        let script = """
            local sum, wrong, counts = 0, 0, redis.call('HGETALL', ARGV[1] .. 'lanes')
            for at = 1, #counts, 2 do
              local length = redis.call('LLEN', ARGV[1] .. 'parked:' .. counts[at])
              sum = sum + length
              if length ~= tonumber(counts[at + 1]) then wrong = wrong + 1 end
            end
            return {sum, wrong}
            """
        let reply = try await command("EVAL", script, 0, keys.prefix)
        #expect(reply[1]?.integer == 0)
        return Int(reply[0]?.integer ?? -1)
    }

    /// How many messages wait for a limit.
    private func limited() async throws -> Int {
        let limits = try await command("ZRANGE", keys.limited, 0, -1).array ?? []
        return try await length(of: limits.map { keys.limited(by: $0.string ?? "") })
    }

    private func length(of lists: [String]) async throws -> Int {
        var sum = 0
        for list in lists { sum += Int(try await command("LLEN", list).integer ?? 0) }
        return sum
    }

    func result(_ id: TaskID) async throws -> JSONValue? {
        guard let bytes = try await command("GET", ResultKeys.result(of: id)).bytes else { return nil }
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
