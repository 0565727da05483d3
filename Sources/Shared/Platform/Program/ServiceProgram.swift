package import Logging
import Metrics
package import ServiceLifecycle
import UnixSignals

/// A program of ours that serves until it is told to stop: the gateway, the worker.
package struct ServiceProgram {
    /// What logs and messages call it.
    let name: String
    /// The program's parts in start order; they stop in reverse.
    let services: (Configuration, PrometheusRegistry, Logger) async throws -> [any Service]
    /// What a log of its failure tells besides the error.
    let circumstances: (Configuration) -> Logger.Metadata

    package init(
        _ name: String,
        circumstances: @escaping (Configuration) -> Logger.Metadata = { _ in [:] },
        services: @escaping (Configuration, PrometheusRegistry, Logger) async throws -> [any Service]
    ) {
        self.name = name
        self.circumstances = circumstances
        self.services = services
    }

    /// Loads the configuration, sets up logs and metrics, and runs the services until SIGTERM or SIGINT, or where one of
    /// them is a `LeadingService` until that one returns.
    ///
    /// - Parameters:
    ///   - flags: Values given on the command line, by key; nil ones were not given.
    ///   - path: The file of `--config`.
    /// - Throws: `CommandFailure`: `.usage` where it cannot start, `.failed` where a service failed; what a service threw
    ///   where that is one. All has been said.
    package func run(flags: [String: String?], path: String?) async throws(CommandFailure) {
        let configuration = try ProgramStart.configuration(flags: flags.compactMapValues { $0 }, path: path)
        bootstrapLogging(configuration.log)
        FileDescriptorLimit.raise()
        let registry = PrometheusRegistry()
        MetricsSystem.bootstrap(registry)
        let logger = Logger(label: name)
        let parts: [any Service]
        do {
            parts = try await services(configuration, registry, logger)
        } catch {
            StandardError.write("\(name) cannot start: \(error)\n")
            throw CommandFailure(.usage)
        }
        do {
            try await group(of: parts, logger: logger).run()
        } catch let failure as CommandFailure {
            logger.error("program failed", metadata: circumstances(configuration))
            throw failure
        } catch {
            let metadata = circumstances(configuration).merging(["error": "\(error)"]) { _, own in own }
            logger.error("program failed", metadata: metadata)
            throw CommandFailure(.failed)
        }
    }

    private func group(of parts: [any Service], logger: Logger) -> ServiceGroup {
        let isLed = parts.contains { $0 is any LeadingService }
        var configuration = ServiceGroupConfiguration(
            services: (parts + [StartPages()]).map { part in
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: part,
                    successTerminationBehavior: part is any LeadingService ? .gracefullyShutdownGroup : .cancelGroup
                )
            },
            logger: logger
        )
        configuration.gracefulShutdownSignals = isLed ? [] : [.sigterm, .sigint]
        return ServiceGroup(configuration: configuration)
    }
}
