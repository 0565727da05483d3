import Glibc
import JobQueue
import Logging
import Redis
import ServiceLifecycle
import UnixSignals

/// A worker with the tasks of the canvases that `Tests/Conformance` makes.
///
/// Environment: CANVAS_URL (the Redis of queues and results), CANVAS_QUEUE (several with commas), CANVAS_CONCURRENCY, CANVAS_LEASE_MILLISECONDS,
/// CANVAS_LOG_LEVEL.
@main
struct CanvasWorker {
    static func main() async throws {
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        var logger = Logger(label: "canvas-worker")
        // By default no line for each retry, among which one would not see what went wrong.
        logger.logLevel = variable("CANVAS_LOG_LEVEL").flatMap { Logger.Level(rawValue: $0) } ?? .error
        guard let url = variable("CANVAS_URL"), let queue = variable("CANVAS_QUEUE") else {
            print("usage: CANVAS_URL=… CANVAS_QUEUE=… canvas-worker")
            exit(2)
        }
        let redis = try RedisClient(configuration: RedisConfiguration(url: url), logger: logger)
        let lease = Duration.milliseconds(variable("CANVAS_LEASE_MILLISECONDS").flatMap { Int($0) } ?? 2_000)
        var configuration = WorkerConfiguration(
            queues: queue.split(separator: ",").map { QueueName(String($0)) },
            concurrency: variable("CANVAS_CONCURRENCY").flatMap { Int($0) } ?? 16
        )
        configuration.lease = lease
        configuration.beat = lease / 5
        configuration.leaseMargin = lease / 5
        configuration.gracePeriod = .seconds(2)
        // Tasks meet many deaths here and none deserves the dead list for it.
        configuration.maximumDeliveries = 10_000
        let worker = JobWorker(
            configuration: configuration,
            registry: .canvas(Traces(redis)),
            redis: redis,
            logger: logger
        )
        let services = ServiceGroup(
            services: [worker],
            gracefulShutdownSignals: [.sigterm],
            cancellationSignals: [],
            logger: logger
        )
        try await services.run()
        redis.close()
    }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
