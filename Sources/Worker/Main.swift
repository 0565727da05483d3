import ArgumentParser
import Platform

/// Takes tasks from the queues and runs their jobs.
@main
struct WorkerCommand: ProgramCommand {
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
        let program = ServiceProgram("worker") { try Worker(configuration: $0, metrics: $1, logger: $2).services }
        try await program.run(
            flags: ["worker.queues": queues, "worker.concurrency": concurrency, "log.level": logLevel],
            path: config
        )
    }
}
