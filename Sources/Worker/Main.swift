import ArgumentParser
import Platform

/// Takes tasks from the queues and runs their jobs.
@main
struct WorkerCommand: ProgramCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Takes tasks from the queues and runs their jobs.",
        discussion: """
            SIGTERM and SIGINT stop it gracefully: running jobs finish or go back to their queue. SIGUSR1 makes it take no \
            more tasks and go on with those that it runs.

            With --processes it starts so many workers and watches over them: one that dies is started anew, and what it \
            held is given to the others at once. A second SIGTERM or SIGINT then ends them without grace.
            """,
        version: BuildInfo.version
    )

    @Option(help: "Configuration file (YAML); AI_ASSISTANT_CONFIG by default.")
    var config: String?

    @Option(help: "Queues to take from, separated by commas, most urgent first.")
    var queues: String?

    @Option(help: "Jobs running at once in this process.")
    var concurrency: String?

    @Option(
        help: "Most and fewest jobs at once, such as 200,10: the process scales itself by its load. 0: it does not."
    )
    var autoscale: AutoscaleOption?

    @Option(help: "Worker processes, started and watched over by this one; 1: this process is the worker.")
    var processes: String?

    @Option(help: "Least severe level that is logged, such as debug.")
    var logLevel: String?

    /// The number of this process where a supervisor started it.
    @Option(help: .hidden)
    var supervised: Int?

    /// Whether this process runs one attempt for a worker.
    @Flag(help: .hidden)
    var childJob = false

    func run() async throws {
        let flags = [
            "worker.queues": queues, "worker.concurrency": concurrency, "worker.processes": processes,
            "worker.autoscale_max": autoscale?.most, "worker.autoscale_min": autoscale?.fewest, "log.level": logLevel,
        ]
        let program = ServiceProgram("worker") { configuration, metrics, logger in
            if childJob { return try Worker.forOneJob(configuration: configuration, logger: logger) }
            if supervised == nil, configuration.worker.processes > 1 {
                return try SupervisedWorkers(
                    configuration: configuration,
                    arguments: arguments,
                    metrics: metrics,
                    logger: logger
                ).services
            }
            let line = try supervised.map { try SupervisorLine(number: $0) }
            line?.followToTheEnd()
            return try Worker(
                configuration: configuration,
                reload: ConfigurationReload(flags: flags.compactMapValues { $0 }, path: config),
                line: line,
                childProcesses: ChildJobLauncher(launch: try .again(arguments + ["--child-job"])),
                metrics: metrics,
                logger: logger
            ).services
        }
        try await program.run(flags: flags, path: config)
    }

    /// What was given on the command line, for a process that is to be configured alike.
    private var arguments: [String] {
        [
            ("config", config), ("queues", queues), ("concurrency", concurrency), ("autoscale", autoscale?.text),
            ("log-level", logLevel),
        ]
        .flatMap { name, value in value.map { ["--\(name)", $0] } ?? [] }
    }
}
