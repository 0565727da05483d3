import ArgumentParser
import JSON
import JobPayload
import JobQueue
import Logging
import Redis

/// The Swift side of checks of results against a real Celery: a worker whose jobs tell what they are asked to tell, and a
/// reader of results.
@main
struct ResultProbe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "result-probe",
        abstract: "Writes results as a worker, or reads those of others.",
        subcommands: [ProbeWorker.self, ProbeReader.self]
    )
}

/// What both need.
struct ProbeRedis: ParsableArguments {
    @Option(help: "Where Redis is.")
    var url: String

    func client() throws -> RedisClient {
        try RedisClient(
            configuration: RedisConfiguration(url: url),
            logger: Logger(label: "result-probe") { StreamLogHandler.standardError(label: $0) }
        )
    }
}
