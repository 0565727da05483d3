import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

extension DeadCommand {
    /// The letters that a command moves: by ID, by what they have in common, or all.
    struct ChoiceOptions: ParsableArguments {
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: ArgumentHelp("IDs of tasks.", valueName: "id"))
        var ids: [String] = []
        @Flag(help: "All that are there.")
        var all = false
        @OptionGroup var choice: FilterOptions

        func validate() throws {
            guard !ids.isEmpty || all || !choice.isEmpty else {
                throw ValidationError("say which: IDs, --task, --error, --since, or --all")
            }
            guard ids.isEmpty || (!all && choice.isEmpty) else {
                throw ValidationError("IDs say it all: leave out --all, --task, --error and --since")
            }
            guard !all || choice.isEmpty else {
                throw ValidationError("--all leaves nothing out: leave out --task, --error and --since")
            }
        }

        var filter: DeadLetterFilter {
            var filter = choice.filter
            if !ids.isEmpty { filter.ids = Set(ids.map { TaskID($0) }) }
            return filter
        }

        /// Throws where an ID was given that none of `moves` was about.
        func checkAllMet(_ moves: QueueControl.DeadLetterMoves) throws(CommandFailure) {
            let missing = Set(ids).count - moves.moved - moves.kept
            guard missing > 0 else { return }
            throw CommandFailure(.failed, "\(missing) of the tasks had no dead letter in \(TerminalText.line(queue))")
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts dead tasks back into their queue.",
            discussion: """
                They stand behind what waits there and have all their attempts again. Find out why they died first: \
                they may die again. What is no message at all is left where it is.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var chosen: ChoiceOptions

        func run() async throws {
            let settings = try configuration.load()
            let moves = try await RedisAccess.act(
                settings,
                "dead_letters.retry",
                on: "queues/\(chosen.queue)/dead-letters"
            ) { redis async throws(RedisError) in
                try await QueueControl(redis: redis).retryDeadLetters(
                    of: QueueName(chosen.queue),
                    matching: chosen.filter
                )
            }
            var table = Table([
                .init("QUEUE"), .init("RETRIED", isNumber: true), .init("NOT A MESSAGE", isNumber: true),
            ])
            table.add([chosen.queue.cell, .integer(Int64(moves.moved)), .integer(Int64(moves.kept))])
            StandardOutput.write(table.text(as: options.output))
            try chosen.checkAllMet(moves)
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes dead letters for good.",
            discussion: "On a terminal it asks first, unless IDs say exactly which."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var chosen: ChoiceOptions
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false

        func run() async throws {
            let settings = try configuration.load()
            if chosen.ids.isEmpty, !yes, Confirmation.canAsk {
                let which = chosen.all ? "all dead letters" : "the dead letters chosen"
                try Confirmation.ask("Remove \(which) of \(TerminalText.line(chosen.queue)) for good?")
            }
            let moves = try await RedisAccess.act(
                settings,
                "dead_letters.drop",
                on: "queues/\(chosen.queue)/dead-letters"
            ) { redis async throws(RedisError) in
                try await QueueControl(redis: redis).dropDeadLetters(
                    of: QueueName(chosen.queue),
                    matching: chosen.filter
                )
            }
            var table = Table([.init("QUEUE"), .init("DROPPED", isNumber: true)])
            table.add([chosen.queue.cell, .integer(Int64(moves.moved))])
            StandardOutput.write(table.text(as: options.output))
            try chosen.checkAllMet(moves)
        }
    }
}
