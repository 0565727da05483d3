import ArgumentParser
import Logging
import Metrics
import Platform
import ServiceLifecycle
import UnixSignals

/// Takes tasks from the queues and runs their jobs.
@main
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Takes tasks from the queues and runs their jobs.",
        discussion: "SIGTERM and SIGINT stop it gracefully: running jobs finish or go back to their queue.",
        version: BuildInfo.version
    )

    @Option(help: "Configuration file (YAML); AI_ASSISTANT_CONFIG by default.")
    var config: String?

    @Option(help: "Queues to take from, separated by commas, most urgent first.")
    var queues: String?

    @Option(help: "Jobs running at once in this process.")
    var concurrency: String?

    @Option(help: "Least severe level that is logged, such as debug.")
    var logLevel: String?

    func run() async throws {
        var flags: [String: String] = [:]
        flags["worker.queues"] = queues
        flags["worker.concurrency"] = concurrency
        flags["log.level"] = logLevel
        let configuration: Configuration
        do {
            configuration = try ProgramStart.configuration(flags: flags, path: config)
        } catch {
            throw ExitCode(error.status.rawValue)
        }
        bootstrapLogging(configuration.log)
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let logger = Logger(label: "worker")
        let worker: Worker
        do {
            worker = try Worker(configuration: configuration, metrics: registry, logger: logger)
        } catch {
            StandardError.write("worker cannot start: \(error)\n")
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        do {
            let services = ServiceGroup(
                services: worker.services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            try await services.run()
        } catch {
            logger.error("worker failed", metadata: ["error": "\(error)"])
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }
}
