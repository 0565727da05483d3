import Glibc
import ChaosJobs
import JobQueue
import Logging
import Redis
import ServiceLifecycle
import UnixSignals

/// A worker for tests that do it harm: its jobs have effects that can be counted, and its lease is short.
///
/// Environment: CHAOS_REDIS_URL (where its queue is), CHAOS_LEDGER_URL (where it notes effects; none: nowhere),
/// CHAOS_QUEUE, CHAOS_LEASE_MILLISECONDS, CHAOS_CONCURRENCY, CHAOS_ADDED_QUEUE (one that it joins while it runs, of which
/// it notes the effects), CHAOS_TOGGLE_MILLISECONDS (how often it leaves that and joins it again),
/// CHAOS_PERIODIC_LEASE_MILLISECONDS (with it there is a scheduler of periodic jobs, too). Says `worker registered` with
/// each incarnation, and what
/// goes wrong.
@main
struct ChaosWorker {
    static func main() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "chaos-worker")
        // A line for every task would be gigabytes in a long run.
        logger.logLevel = .warning
        guard let url = variable("CHAOS_REDIS_URL"), let queue = variable("CHAOS_QUEUE") else {
            print("usage: CHAOS_REDIS_URL=… CHAOS_QUEUE=… chaos-worker")
            exit(2)
        }
        let redis = try RedisClient(configuration: hurried(url), logger: logger)
        let ledger = try variable("CHAOS_LEDGER_URL").map { url in
            try RedisClient(configuration: RedisConfiguration(url: url), logger: logger)
        }
        let lease = Duration.milliseconds(variable("CHAOS_LEASE_MILLISECONDS").flatMap { Int($0) } ?? 2_000)
        var configuration = WorkerConfiguration(
            queues: [QueueName(queue)],
            concurrency: variable("CHAOS_CONCURRENCY").flatMap { Int($0) } ?? 20
        )
        configuration.lease = lease
        configuration.beat = lease / 5
        configuration.leaseMargin = lease / 5
        configuration.gracePeriod = .seconds(5)
        // Tasks meet many deaths here and none deserves the dead list for it.
        configuration.maximumDeliveries = 10_000
        configuration.resultExpires = .seconds(60)
        configuration.outputExpires = .seconds(60)
        configuration.journalExpires = .seconds(60)
        let worker = JobWorker(
            configuration: configuration,
            registry: .chaos(Ledger(ledger, queue: variable("CHAOS_ADDED_QUEUE") ?? queue)),
            redis: redis,
            logger: logger
        ) { report in
            guard report.stage == .registered else { return }
            let line = Array("worker registered \(report.incarnation)\n".utf8)
            _ = write(STDOUT_FILENO, line, line.count)
        }
        let added = variable("CHAOS_ADDED_QUEUE").map { queue in
            AddedQueue(
                queue: QueueName(queue),
                toggle: variable("CHAOS_TOGGLE_MILLISECONDS").flatMap { Int($0) },
                tuning: worker.tuning
            )
        }
        let scheduler = variable("CHAOS_PERIODIC_LEASE_MILLISECONDS").flatMap { Int($0) }.map { lease in
            PeriodicScheduler(redis: redis, lease: .milliseconds(lease), logger: logger)
        }
        let services = ServiceGroup(
            services: (scheduler.map { [$0] as [any Service] } ?? []) + [worker] + (added.map { [$0] } ?? []),
            gracefulShutdownSignals: [.sigterm],
            cancellationSignals: [],
            logger: logger
        )
        try await services.run()
        redis.close()
        ledger?.close()
    }

    /// A client that gives up soon, so that a test need not wait for what a program would.
    private static func hurried(_ url: String) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: url)
        configuration.clientName = "chaos-worker"
        configuration.connectTimeout = .seconds(1)
        configuration.commandTimeout = .seconds(1)
        configuration.stallTimeout = .seconds(1)
        configuration.backoff = Backoff(base: .milliseconds(20), cap: .milliseconds(200))
        return configuration
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// A queue that the worker joins while it runs, and may leave and join again.
struct AddedQueue: Service {
    let queue: QueueName
    /// Milliseconds between two changes; nil for none.
    let toggle: Int?
    let tuning: WorkerTuning

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if !tuning.cancelConsumer(queue) { _ = try? tuning.addConsumer(queue) }
                // Ends early only by cancellation, which the loop sees.
                try? await Task.sleep(for: toggle.map { .milliseconds($0) } ?? .seconds(86_400))
            }
        }
    }
}
