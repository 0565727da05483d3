import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

extension JobCommand {
    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells why a task is where it is: what it waits for, who runs it since when, what it belongs to.",
            discussion: """
                Looks for the task as `job show` does. Exit status 1 where it is nowhere, or beyond the bound. Workers \
                tell since when they run what has been running for a second or more, every beat.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var search: SearchOptions

        func run() async throws {
            let settings = try configuration.load()
            let queues = search.queues(settings)
            let (finding, explanation, family) = try await RedisAccess.with(settings.redis) {
                redis async throws(RedisError) in
                let inspector = QueueInspector(redis: redis)
                let finding = try await search.find(in: queues, inspector)
                return (
                    finding, try await inspector.explain(TaskID(search.id), finding),
                    try await inspector.family(of: TaskID(search.id), finding)
                )
            }
            try search.requirePresence(finding, in: queues)
            StandardOutput.write(Self.text(explanation, family, as: options.output))
        }

        static func text(_ explanation: TaskExplanation, _ family: TaskFamily, as format: OutputFormat) -> String {
            switch format {
            case .table: (explanation.reasons + family.sentences).map { TerminalText.line($0) + "\n" }.joined()
            case .json:
                JSONValue.object([
                    "reasons": .array(explanation.reasons.map { .string($0) }),
                    "running_since": (explanation.runningSince?.text).cell,
                    "canvas": .array(family.sentences.map { .string($0) }),
                ]).text + "\n"
            }
        }
    }
}
