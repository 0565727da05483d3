import ArgumentParser
import JSON
import Platform

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

        /// As the API takes them.
        var body: JSONValue {
            var body = JSONObject()
            if all { body["all"] = true }
            if !ids.isEmpty { body["ids"] = .array(ids.map { .string($0) }) }
            for case (let name, let text?) in choice.members { body[name] = .string(text) }
            return .object(body)
        }

        /// Throws where an ID was given that none of `met` letters was about.
        func checkAllMet(_ met: Int64) throws(CommandFailure) {
            let missing = Int64(Set(ids).count) - met
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

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var chosen: ChoiceOptions

        func run() async throws {
            let moves = try await AdminSession.with(admin) { session in
                try await session.ask("POST", "queues", chosen.queue, "dead-letters", "retry", body: chosen.body)
            }
            let table = Table(
                [.init("QUEUE"), .init("RETRIED", isNumber: true), .init("NOT A MESSAGE", isNumber: true)],
                of: [moves.with(["queue": chosen.queue.cell])]
            )
            StandardOutput.write(table.text(as: options.output))
            try chosen.checkAllMet((moves["retried"]?.integer ?? 0) + (moves["not_a_message"]?.integer ?? 0))
        }
    }

    struct Drop: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes dead letters for good.",
            discussion: "On a terminal it asks first, unless IDs say exactly which."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var chosen: ChoiceOptions
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false

        func run() async throws {
            if chosen.ids.isEmpty, !yes, Confirmation.canAsk {
                let which = chosen.all ? "all dead letters" : "the dead letters chosen"
                try Confirmation.ask("Remove \(which) of \(TerminalText.line(chosen.queue)) for good?")
            }
            let moves = try await AdminSession.with(admin) { session in
                try await session.ask("POST", "queues", chosen.queue, "dead-letters", "drop", body: chosen.body)
            }
            let table = Table(
                [.init("QUEUE"), .init("DROPPED", isNumber: true)],
                of: [moves.with(["queue": chosen.queue.cell])]
            )
            StandardOutput.write(table.text(as: options.output))
            try chosen.checkAllMet(moves["dropped"]?.integer ?? 0)
        }
    }
}
