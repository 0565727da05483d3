import ArgumentParser
import Logging
import Platform

/// Receives Feishu's events, verifies them, and puts each into Redis before it is acknowledged.
@main
struct GatewayCommand: ProgramCommand {
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
        let program = ServiceProgram(
            "gateway",
            circumstances: { ["address": "\($0.gateway.host):\($0.gateway.port)"] },
            services: { try await Gateway(configuration: $0, registry: $1, logger: $2).services }
        )
        try await program.run(
            flags: ["gateway.host": host, "gateway.port": port, "log.level": logLevel],
            path: config
        )
    }
}
