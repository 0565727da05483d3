import FoundationEssentials
import HTTPClient
import JobQueue
import Logging
import Platform
import Processes
import Redis
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The parts of a supervisor of several worker processes, put together from its configuration.
struct SupervisedWorkers {
    /// The services in start order; they stop in reverse.
    let services: [any Service]

    /// - Parameters:
    ///   - configuration: The configuration, which each process loads anew.
    ///   - arguments: Of each process, to which its number is added.
    ///   - metrics: The supervisor's own.
    ///   - logger: The logger.
    /// - Throws: Where the Redis URL cannot be used, or something configured is not supported.
    init(configuration: Configuration, arguments: [String], metrics: PrometheusRegistry, logger: Logger) throws {
        let settings = configuration.worker
        var connection = try RedisConfiguration(configuration.redis, name: "worker-supervisor")
        // A release that waits for long is better begun again.
        connection.commandTimeout = .seconds(1)
        let redis = try RedisClient(configuration: connection, logger: logger)
        let http = HTTPClient()
        let board = SupervisorBoard(http: http, registry: metrics)
        let supervisor = Supervisor(
            processes: settings.processes,
            patience: settings.gracePeriod + .seconds(10),
            release: WorkerRelease(configuration: WorkerConfiguration(settings), redis: redis, logger: logger),
            board: board,
            logger: logger
        ) { number, onNotice, onEnd in
            let launch = try ProcessLaunch.again(arguments + ["--supervised", "\(number)"])
            return try ChildWorker.start(launch, onNotice: onNotice, onEnd: onEnd)
        }
        services =
            Self.health(settings, redis: redis, board: board, logger: logger)
            + [Connections(redis: redis, http: http), supervisor]
    }

    /// Health and metrics of all, where a port is set for them.
    private static func health(
        _ settings: Configuration.Worker,
        redis: RedisClient,
        board: SupervisorBoard,
        logger: Logger
    ) -> [any Service] {
        guard settings.port > 0 else { return [] }
        return [
            HealthServer(
                host: settings.host,
                port: settings.port,
                metrics: { await board.metrics() },
                checks: [.redis(redis), board.readiness],
                logger: logger
            )
        ]
    }
}

extension ProcessLaunch {
    /// This program once more, in the same environment.
    ///
    /// - Throws: `Failure` where its file cannot be told.
    static func again(_ arguments: [String]) throws -> ProcessLaunch {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        guard count > 0, count < path.count else { throw ProcessLaunch.Failure(code: errno) }
        let program = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return ProcessLaunch(program, arguments: arguments, environment: ProcessInfo.processInfo.environment)
    }
}
