import ArgumentParser
import JSON
import JobQueue
import Platform

struct DeadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead",
        abstract: "Looks at tasks that failed for good, runs them again or drops them.",
        subcommands: [List.self, Show.self, Retry.self, Drop.self]
    )

    /// Which dead letters are meant.
    struct FilterOptions: ParsableArguments {
        @Option(help: ArgumentHelp("Only tasks of this name, such as minutes.generate.", valueName: "name"))
        var task: String?
        @Option(help: ArgumentHelp("Only errors of this type, such as WorkerLostError.", valueName: "type"))
        var error: String?
        @Option(help: ArgumentHelp("Only what died within this time, such as 90s, 30m, 2h or 1d.", valueName: "span"))
        var since: TimeSpan?

        var isEmpty: Bool { task == nil && error == nil && since == nil }

        /// As the API takes them.
        var members: [(String, String?)] {
            let start = since.map { WireTime.now.advanced(by: .zero - $0.duration) }
            return [("task", task), ("error", error), ("since", start?.text)]
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the dead letters of a queue, the newest first."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @OptionGroup var choice: FilterOptions
        @OptionGroup var count: CountOptions

        func run() async throws {
            let letters = try await AdminSession.with(admin) { session in
                try await session.all("queues", queue, "dead-letters", query: choice.members, atMost: count.count)
            }
            let table = Table(
                [
                    .init("N", isNumber: true), .init("AT"), .init("TASK"), .init("ID"), .init("ERROR"),
                    .init("MESSAGE"), .init("DELIVERIES", isNumber: true), .init("BODY"),
                ],
                of: letters.map { letter in
                    let message = letter["task"]
                    return letter.with([
                        "n": letter["position"] ?? .null, "task": message?.taskCell ?? .null,
                        "id": message?["id"] ?? .null, "body": message?["body_form"] ?? .null,
                    ])
                }
            )
            StandardOutput.write(table.text(as: options.output))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells all about one dead letter.",
            discussion:
                "A number is a position as `dead list` shows it, and moves on when others die; else it is an ID."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: ArgumentHelp("The position, or the task's ID.", valueName: "n|id"))
        var letter: String
        @OptionGroup var contents: QueueCommand.ContentsOptions

        func run() async throws {
            let found = try await AdminSession.with(admin) { session in
                try await session.ask("GET", "queues", queue, "dead-letters", letter, query: [contents.query(session)])
            }
            var details = Details()
            details.add("QUEUE", queue)
            details.add(letter: found)
            details.add(message: found["task"])
            StandardOutput.write(details.text(as: options.output))
        }
    }
}

extension Details {
    /// A dead letter, as the API shows it.
    mutating func add(letter: JSONValue?) {
        add("N", letter?["position"])
        add("AT", letter?["at"])
        add("ERROR", letter?["error"])
        add("MESSAGE", letter?["message"])
        add("DELIVERIES", letter?["deliveries"])
    }

    /// A task's message, as the API shows it.
    mutating func add(message: JSONValue?) {
        add("TASK", message?.taskCell)
        add("ID", message?["id"])
        add("ETA", message?["eta"])
        add("RETRIES", message?["retries"])
        add("BYTES", message?["bytes"])
        add("BODY", message?["body_form"])
        add("BODY KEY", key: "body_ref", message?["body_ref"])
        add("ARGS", message?["args"])
        add("KWARGS", message?["kwargs"])
    }
}
