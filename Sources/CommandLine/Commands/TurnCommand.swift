import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

struct TurnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "turn",
        abstract: "Shows and sets how tasks of several fairness keys share a queue.",
        subcommands: [List.self, Set.self, Remove.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the fairness keys of a queue that have tasks waiting or a weight of their own."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @OptionGroup var watching: WatchOptions

        func run() async throws {
            let settings = try configuration.load()
            try await watching.show { () async throws(CommandFailure) in
                let turns = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                    try await QueueInspector(redis: redis).turns(of: QueueName(queue))
                }
                return Self.table(turns).text(as: options.output)
            }
        }

        static func table(_ turns: [FairTurn]) -> Table {
            var table = Table([
                .init("KEY"), .init("WEIGHT", isNumber: true), .init("WAITING", isNumber: true),
            ])
            for turn in turns {
                table.add([.string(turn.key), .number(turn.weight), .integer(Int64(turn.waiting))])
            }
            return table
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a fairness key as many turns as its weight says; it counts from the next task on.",
            discussion: """
                While others have tasks waiting, too, a key of weight 3 is handed out three tasks for each of a key \
                of weight 1, which is what every key has that was told nothing.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: "The fairness key; '' for the tasks that have none.")
        var key: String
        @Argument(help: "0.001 to 1000.")
        var weight: Double

        func validate() throws {
            _ = try TurnCommand.key(key)
            guard FairTurns.weights.contains(weight) else { throw ValidationError("a weight is 0.001 to 1000") }
        }

        func run() async throws {
            let key = try TurnCommand.key(key)
            let settings = try configuration.load()
            try await RedisAccess.act(
                settings,
                "turns.set",
                on: "queues/\(queue)/turns/\(self.key)",
                library: { redis async throws(JobQueueError) in
                    try await FairTurns(redis: redis).setWeight(weight, for: key, in: QueueName(queue))
                }
            )
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a fairness key one turn like any other again.",
            discussion: "Exit status 1 where it had no weight of its own."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: "The fairness key; '' for the tasks that have none.")
        var key: String

        func run() async throws {
            let key = try TurnCommand.key(key)
            let settings = try configuration.load()
            let was = try await RedisAccess.act(
                settings,
                "turns.remove",
                on: "queues/\(queue)/turns/\(self.key)",
                library: { redis async throws(JobQueueError) in
                    try await FairTurns(redis: redis).removeWeight(for: key, in: QueueName(queue))
                }
            )
            guard was else {
                throw CommandFailure(.failed, "that key has no weight of its own in \(TerminalText.line(queue))")
            }
        }
    }

    private static func key(_ text: String) throws -> FairnessKey? {
        if text.isEmpty { return nil }
        guard let key = FairnessKey(text) else { throw ValidationError("a fairness key takes up to 256 bytes") }
        return key
    }
}
