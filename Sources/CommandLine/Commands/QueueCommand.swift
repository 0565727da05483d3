import ArgumentParser
import JSON
import Platform

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Looks into the queues, pauses and empties them.",
        subcommands: [List.self, Peek.self, Pause.self, Resume.self, Purge.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Counts the messages of each queue by where they are, and its live workers."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "Queues to list (default: worker.queues).")
        var queues: [String] = []

        @OptionGroup var watching: WatchOptions

        func run() async throws {
            try await AdminSession.with(admin) { session in
                try await watching.show { () async throws(CommandFailure) in
                    try await Self.table(queues, session).text(as: options.output)
                }
            }
        }

        /// How queues stand; all that workers take from where none is named.
        static func table(_ queues: [String], _ session: AdminSession) async throws(CommandFailure) -> Table {
            let found = try await session.all("queues", query: [("queue", queues.commaList)])
            let counts = ["READY", "IN FLIGHT", "PARKED", "LIMITED", "SCHEDULED", "DEAD", "WORKERS"]
            return Table(
                [Table.Column("QUEUE")] + counts.map { Table.Column($0, isNumber: true) } + [
                    .init("OLDEST (S)", key: "oldest_seconds", isNumber: true),
                    .init("UNACCOUNTED", isNumber: true), .init("PAUSED"),
                    .init("SINCE", key: "paused_since", isOptional: true),
                    .init("BY", key: "paused_by", isOptional: true),
                    .init("REASON", key: "paused_reason", isOptional: true),
                ],
                of: found.map { queue in
                    let pause = queue["pause"]
                    return queue.with([
                        "oldest_seconds": queue["oldest_seconds"].secondsCell,
                        "paused": .bool(pause?.object != nil), "paused_since": pause?["since"] ?? .null,
                        "paused_by": pause?["by"] ?? .null, "paused_reason": pause?["reason"] ?? .null,
                    ])
                }
            )
        }
    }

    /// What tasks carry is shown on the host; a gateway shows it to whom it allows it.
    struct ContentsOptions: ParsableArguments {
        @Flag(help: "With --server, also what tasks carry: takes the role admin, and is recorded.")
        var contents = false

        func query(_ session: AdminSession) -> (String, String?) {
            ("contents", contents || session.isLocal ? "true" : nil)
        }
    }

    struct Peek: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the next messages of a queue and leaves them where they are."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Option(name: .shortAndLong, help: ArgumentHelp("How many messages.", valueName: "n"))
        var count: Int = 10
        @OptionGroup var contents: ContentsOptions

        func validate() throws {
            guard (1...1_000).contains(count) else { throw ValidationError("--count takes 1 to 1000") }
        }

        func run() async throws {
            let found = try await AdminSession.with(admin) { session in
                try await session.ask(
                    "GET",
                    "queues",
                    queue,
                    "messages",
                    query: [("limit", "\(count)"), contents.query(session)]
                )
            }
            let table = Table(
                [
                    .init("NEXT", isNumber: true), .init("TASK"), .init("ID"), .init("ETA"),
                    .init("RETRIES", isNumber: true), .init("BYTES", isNumber: true), .init("BODY"), .init("ARGS"),
                    .init("KWARGS"),
                ],
                of: (found["items"]?.array ?? []).enumerated().map { index, message in
                    message.with([
                        "next": .integer(Int64(index + 1)), "task": message.taskCell,
                        "body": message["body_form"] ?? .null,
                    ])
                }
            )
            StandardOutput.write(table.text(as: options.output))
        }
    }
}
