import ArgumentParser
import Logging
import Metrics
import Platform
import ServiceLifecycle
import UnixSignals

/// Receives Feishu's events, verifies them, and puts each into Redis before it is acknowledged.
@main
struct GatewayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Receives Feishu's events and enqueues them.",
        version: BuildInfo.version
    )

    @Option(help: "Configuration file (YAML); AI_ASSISTANT_CONFIG by default.")
    var config: String?

    @Option(help: "Address to listen on.")
    var host: String?

    @Option(help: "Port to listen on; 0 takes a free one.")
    var port: String?

    @Option(help: "Least severe level that is logged, such as debug.")
    var logLevel: String?

    func run() async throws {
        var flags: [String: String] = [:]
        flags["gateway.host"] = host
        flags["gateway.port"] = port
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
        let logger = Logger(label: "gateway")
        let gateway: Gateway
        do {
            gateway = try Gateway(configuration: configuration, registry: registry, logger: logger)
        } catch {
            StandardError.write("gateway cannot start: \(error)\n")
            throw ExitCode(ExitStatus.usage.rawValue)
        }
        do {
            let services = ServiceGroup(
                services: gateway.services,
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger
            )
            try await services.run()
        } catch {
            let address = "\(configuration.gateway.host):\(configuration.gateway.port)"
            logger.error("gateway failed", metadata: [LogKey.error: "\(error)", LogKey.address: .string(address)])
            throw ExitCode(ExitStatus.failed.rawValue)
        }
    }
}
