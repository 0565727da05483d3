import JobQueue
import Logging
import Redis

/// A worker with one job that does nothing, to see what the queue itself costs.
///
/// Usage: `no-op-worker fill|drain|pickup REDIS_URL COUNT`.
/// - `fill` enqueues COUNT tasks and prints the seconds it took.
/// - `drain` runs them and prints the seconds from the first job to the last.
/// - `pickup` enqueues COUNT tasks one by one on an idle worker and prints the microseconds from before the enqueueing
///   to each job's first line.
@main
struct NoOpWorker {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[3]) else {
            print("usage: no-op-worker fill|drain|pickup REDIS_URL COUNT")
            return
        }
        var logger = Logger(label: "no-op-worker")
        logger.logLevel = .warning
        let redis = try RedisClient(configuration: RedisConfiguration(url: arguments[2]), logger: logger)
        switch arguments[1] {
        case "fill": try await fill(redis, count)
        case "drain": try await drain(redis, count, logger)
        case "pickup": try await pickUp(redis, count, logger)
        default: print("unknown command \(arguments[1])")
        }
        redis.close()
    }

    private static func fill(_ redis: RedisClient, _ count: Int) async throws {
        let producer = JobProducer(redis: redis)
        let started = ContinuousClock.now
        let batch = [NoArguments](repeating: NoArguments(), count: count)
        try await producer.enqueue(NoOp.self, batch: batch)
        print(seconds(since: started))
    }

    private static func drain(_ redis: RedisClient, _ count: Int, _ logger: Logger) async throws {
        let (runs, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let counter = RunCounter(last: count) { continuation.yield($0) }
        try await withWorker(running: NoOp(counter: counter), on: redis, logger) {
            var moments = runs.makeAsyncIterator()
            guard let first = await moments.next(), let last = await moments.next() else { return }
            print(seconds(last - first))
        }
    }

    private static func pickUp(_ redis: RedisClient, _ count: Int, _ logger: Logger) async throws {
        let (runs, continuation) = AsyncStream.makeStream(of: ContinuousClock.Instant.self)
        let producer = JobProducer(redis: redis)
        try await withWorker(running: TimedJob(started: continuation), on: redis, logger) {
            var moments = runs.makeAsyncIterator()
            for _ in 0..<count {
                // Long enough for the worker to be idle again.
                try await Task.sleep(for: .milliseconds(10))
                let enqueued = ContinuousClock.now
                try await producer.enqueue(TimedJob.self, NoArguments())
                guard let started = await moments.next() else { return }
                print(Int(seconds(started - enqueued) * 1_000_000))
            }
        }
    }

    /// Runs a worker of this one job around `body`.
    private static func withWorker<J: Job>(
        running job: J,
        on redis: RedisClient,
        _ logger: Logger,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws {
        var registry = JobRegistry()
        registry.register(job)
        let worker = JobWorker(
            configuration: WorkerConfiguration(queues: [J.queue]),
            registry: registry,
            redis: redis,
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            group.addTask { try await body() }
            try await group.next()
            group.cancelAll()
        }
    }

    private static func seconds(since start: ContinuousClock.Instant) -> Double { seconds(.now - start) }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
