import Glibc
import JobQueue
import Logging
import Redis

/// The queue of this repository as a peer of the others, behind the same commands (see `Peers/peer.py`).
///
/// `no-op-worker COMMAND NUMBER…`, with the environment BENCHMARK_REDIS_URL and BENCHMARK_JOURNAL:
/// - `single COUNT`, `bulk COUNT` enqueue no-op jobs one by one or in batches and print the seconds it took.
/// - `probe COUNT MILLISECONDS` enqueues jobs that note how long they waited, at that pace.
/// - `sleepers COUNT SECONDS` enqueues jobs that sleep.
/// - `work CONCURRENCY` runs all of them until it is killed.
/// With BENCHMARK_OBSERVED the jobs return something, which is stored, and workers publish task events.
@main
struct NoOpWorker {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst(2).compactMap { Int($0) }
        guard let url = variable("BENCHMARK_REDIS_URL"), let count = numbers.first else {
            print("usage: BENCHMARK_REDIS_URL=… no-op-worker single|bulk|probe|sleepers|work NUMBER…")
            exit(2)
        }
        var logger = Logger(label: "no-op-worker")
        logger.logLevel = .error
        let redis = try RedisClient(configuration: RedisConfiguration(url: url), logger: logger)
        let producer = JobProducer(redis: redis)
        switch CommandLine.arguments[1] {
        case "single":
            try await printSeconds {
                for number in 0..<count { try await producer.enqueue(NoOp.self, Number(number: number)) }
            }
        case "bulk" where isObserved:
            let batch = (0..<count).map { Number(number: $0) }
            try await printSeconds { try await producer.enqueue(Answering.self, batch: batch) }
        case "bulk":
            let batch = (0..<count).map { Number(number: $0) }
            try await printSeconds { try await producer.enqueue(NoOp.self, batch: batch) }
        case "probe":
            for _ in 0..<count {
                try await producer.enqueue(Timed.self, Number(number: Journal.now))
                try await Task.sleep(for: .milliseconds(numbers[1]))
            }
        case "sleepers":
            let batch = [Number](repeating: Number(number: numbers[1]), count: count)
            try await producer.enqueue(Sleeper.self, batch: batch)
        case "work":
            try await work(redis, concurrency: count, logger)
        default:
            print("unknown command \(CommandLine.arguments[1])")
            exit(2)
        }
        redis.close()
    }

    private static func work(_ redis: RedisClient, concurrency: Int, _ logger: Logger) async throws {
        let journal = Journal(path: variable("BENCHMARK_JOURNAL"))
        var registry = JobRegistry()
        registry.register(NoOp())
        registry.register(Answering())
        registry.register(Timed(journal: journal))
        registry.register(Sleeper(journal: journal))
        var configuration = WorkerConfiguration(queues: [NoOp.queue], concurrency: concurrency)
        configuration.remoteControl.sendsTaskEvents = isObserved
        let worker = JobWorker(
            configuration: configuration,
            registry: registry,
            redis: redis,
            logger: logger
        )
        try await worker.run()
    }

    private static func printSeconds(_ body: () async throws -> Void) async throws {
        let started = ContinuousClock.now
        try await body()
        print((ContinuousClock.now - started) / .seconds(1))
    }

    private static var isObserved: Bool { variable("BENCHMARK_OBSERVED") != nil }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
