import ArgumentParser
import JSON
import JobPayload
import JobQueue
import Logging

/// Runs a worker until it is ended.
struct ProbeWorker: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "worker", abstract: "Runs the jobs of the check.")

    @OptionGroup var redis: ProbeRedis
    @Option(help: "The queue.")
    var queue: String
    @Flag(help: "Tell of every start.")
    var tracksStart = false
    @Flag(help: "Store name, arguments, worker, retries and queue, too.")
    var extendsResults = false
    @Option(help: "How long failures are kept, in seconds.")
    var failureExpires: Int?

    func run() async throws {
        var configuration = WorkerConfiguration(queues: [QueueName(queue)], concurrency: 20)
        configuration.tracksStart = tracksStart
        configuration.extendsResults = extendsResults
        configuration.resultFailureExpires = failureExpires.map { .seconds($0) }
        var jobs = JobRegistry()
        jobs.register(Echo())
        jobs.register(Raise())
        jobs.register(Steps())
        let client = try redis.client()
        let worker = JobWorker(
            configuration: configuration,
            registry: jobs,
            redis: client,
            logger: Logger(label: "result-probe") { StreamLogHandler.standardError(label: $0) },
            payload: JobPayload()
        )
        try await worker.run()
    }
}

/// Gives back what it was given.
struct Echo: Job {
    struct Arguments: Codable, Sendable { var value: JSONValue }
    static let name: TaskName = "probe.echo"
    static let parameters = ["value"]

    func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue { arguments.value }
}

/// Fails as it is told to, after so many retries.
struct Raise: Job {
    struct Arguments: Codable, Sendable {
        var type: String
        var module: String
        var arguments: [JSONValue]
    }
    static let name: TaskName = "probe.raise"
    static let parameters = ["type", "module", "arguments"]
    static let storesResult = true
    static let retry = RetryPolicy.exponential(base: .milliseconds(1), cap: .milliseconds(1), maximumRetries: 1)

    func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput {
        throw TaskFailure(
            type: arguments.type,
            message: arguments.arguments.map { $0.string ?? $0.text }.joined(separator: ", "),
            module: arguments.module,
            arguments: arguments.arguments
        )
    }
}

/// Tells of each of its steps, and goes on when the key of the step is pushed to.
struct Steps: Job {
    struct Arguments: Codable, Sendable { var total: Int }
    static let name: TaskName = "probe.steps"
    static let parameters = ["total"]
    static let resultExpires: Duration? = .seconds(600)

    func run(_ arguments: Arguments, in context: JobContext) async throws -> Int {
        for step in 1...max(1, arguments.total) {
            try await context.setState(.progress, ["current": step, "total": arguments.total])
        }
        return arguments.total
    }
}
