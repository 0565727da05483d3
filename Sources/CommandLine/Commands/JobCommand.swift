import ArgumentParser
import JSON
import Platform

struct JobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job",
        abstract: "Finds single tasks, cancels them, and runs dead ones again.",
        subcommands: [Show.self, Explain.self, Cancel.self, Retry.self]
    )

    /// Which task is looked for, and how far.
    struct SearchOptions: ParsableArguments {
        @Argument(help: "The task's ID.")
        var id: String
        @Option(help: ArgumentHelp("Look in this queue only (default: worker.queues).", valueName: "queue"))
        var queue: String?
        @Option(help: ArgumentHelp("How many messages to read in each place.", valueName: "n"))
        var scan = 10_000

        func validate() throws {
            guard (1...10_000_000).contains(scan) else { throw ValidationError("--scan takes 1 to 10000000") }
        }

        var query: [(String, String?)] { [("queue", queue), ("scan", "\(scan)")] }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells where a task is and what became of it.",
            discussion: """
                Queues are not indexed by ID, so this reads messages, a bounded number in each place of each queue. \
                Exit status 1 where the task is nowhere, or beyond that bound; the message tells which.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var search: SearchOptions
        @OptionGroup var contents: QueueCommand.ContentsOptions

        func run() async throws {
            let job = try await AdminSession.with(admin) { session in
                try await session.ask("GET", "jobs", search.id, query: search.query + [contents.query(session)])
            }
            StandardOutput.write(details(job).text(as: options.output))
        }

        private func details(_ job: JSONValue) -> Details {
            var details = Details()
            details.add("PLACE", Self.place(job))
            details.add("QUEUE", job["queue"])
            details.add("POSITION", job["dead_letter"]?.object == nil ? job["position"] : nil)
            details.add("WAITS FOR KEY", key: "ordering_key", job["ordering_key"])
            details.add("WAITS FOR LIMIT", key: "limit", job["limit"])
            details.add("WORKER", job["worker"])
            details.add("DUE", job["due"])
            details.add("IN (S)", key: "in_seconds", job["in_seconds"].secondsCell)
            details.add(letter: job["dead_letter"])
            details.add(message: job["message"])
            if job["message"]?["id"]?.string == nil { details.add("ID", search.id) }
            details.add("STATE", job["state"])
            details.add("DONE", job["done"])
            details.add("RESULT", job["result"])
            details.add("SEARCHED ALL", job["searched_all"])
            details.add(family: job["family"])
            return details
        }

        /// In words; of a task that is in no queue whether it has ended.
        private static func place(_ job: JSONValue) -> String {
            if let place = job["place"]?.string { return place.replacing("_", with: " ") }
            let state = job["state"]?.string
            let isOpen = state == nil || ["RETRY", "STARTED", "(unreadable)"].contains(state)
            return isOpen ? "not found" : "finished"
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a task from running, or ends the run under way.",
            discussion: """
                A task that waits, is scheduled or is to be retried ends as REVOKED when it would be handed out; one \
                that runs is cancelled within a second, on whatever worker. One that has ended stays as it is.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The task's ID.")
        var id: String
        @Option(help: ArgumentHelp("The queue it was put into; `job show` tells.", valueName: "queue"))
        var queue: String

        func run() async throws {
            let told = try await AdminSession.with(admin) { session in
                try await session.ask("POST", "jobs", id, "cancel", body: ["queue": .string(queue)])
            }
            let table = Table(
                [.init("QUEUE"), .init("ID"), .init("WORKERS TOLD", isNumber: true)],
                of: [told.with(["queue": queue.cell, "id": id.cell])]
            )
            StandardOutput.write(table.text(as: options.output))
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a dead task back into its queue, with all its attempts before it."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The task's ID.")
        var id: String
        @Option(help: ArgumentHelp("Look in this queue only (default: worker.queues).", valueName: "queue"))
        var queue: String?

        func run() async throws {
            let moved = try await AdminSession.with(admin) { session in
                try await session.ask("POST", "jobs", id, "retry", query: [("queue", queue)])
            }
            let table = Table([.init("QUEUE"), .init("RETRIED", isNumber: true)], of: [moved])
            StandardOutput.write(table.text(as: options.output))
        }
    }
}
