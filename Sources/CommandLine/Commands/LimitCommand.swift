import ArgumentParser
import JSON
import JobQueue
import Platform

struct LimitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limit",
        abstract: "Bounds what the workers together may do for a queue, and how much may wait in it.",
        subcommands: [List.self, Set.self, Remove.self, Length.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the limits of a queue: what they allow, what runs under them and what waits for them."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @OptionGroup var watching: WatchOptions

        func run() async throws {
            try await AdminSession.with(admin) { session in
                try await watching.show { () async throws(CommandFailure) in
                    Self.table(try await session.all("queues", queue, "limits")).text(as: options.output)
                }
            }
        }

        private static func table(_ limits: [JSONValue]) -> Table {
            Table(
                [
                    .init("LIMIT"), .init("AT ONCE", key: "concurrency", isNumber: true), .init("RATE"),
                    .init("BURST", isNumber: true), .init("RUNNING", isNumber: true), .init("WAITING", isNumber: true),
                    .init("RESTS (S)", key: "rests_seconds", isNumber: true),
                ],
                of: limits.map { limit in
                    limit.with([
                        "rate": limit["rate"].flatMap { rate(of: $0) }.cell, "burst": limit["burst"].numberCell,
                        "rests_seconds": limit["rests_seconds"].secondsCell,
                    ])
                }
            )
        }

        /// As `--rate` takes it.
        private static func rate(of limit: JSONValue) -> String? {
            guard limit.object != nil else { return nil }
            return "\(limit["units"].numberCell.text)/\(limit["seconds"].numberCell.text)s"
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Defines a limit; it counts from the next task on, on every worker.",
            discussion: """
                task:NAME bounds all tasks of that name, any other name those that are enqueued with it, and \
                CLASS:* every name of a class that has no limit of its own: tenant:* gives each tenant as much. \
                What waits meanwhile stays in its order.
                """
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: "The limit, such as task:minutes.generate or tenant:*.")
        var name: String
        @Option(help: ArgumentHelp("How many may run at once.", valueName: "n"))
        var concurrency: Int?
        @Option(help: ArgumentHelp("How many units may go in a span, such as 10/1s or 60000/1m.", valueName: "n/span"))
        var rate: RateArgument?
        @Option(
            help: ArgumentHelp(
                "How many units may gather while nothing runs (default: those of the rate).",
                valueName: "n"
            )
        )
        var burst: Double?

        func validate() throws {
            guard LimitName(name) != nil else { throw ValidationError("a name takes 1 to 256 bytes") }
            guard concurrency != nil || rate != nil else { throw ValidationError("give --concurrency, --rate or both") }
            guard concurrency.map({ $0 >= 0 }) ?? true else { throw ValidationError("--concurrency takes 0 or more") }
            guard burst.map({ $0 >= 1 && rate != nil }) ?? true else {
                throw ValidationError("--burst takes 1 or more, and a --rate beside it")
            }
        }

        func run() async throws {
            var body = JSONObject()
            if let concurrency { body["concurrency"] = .integer(Int64(concurrency)) }
            if let rate { body["rate"] = ["units": .number(rate.units), "seconds": .integer(rate.seconds)] }
            if let burst { body["burst"] = .number(burst) }
            let definition = JSONValue.object(body)
            try await AdminSession.with(admin) { session in
                try await session.ask("PUT", "queues", queue, "limits", name, body: definition)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a limit; what waits for it is handed out next.",
            discussion: "Exit status 1 where there was none."
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: "The limit, as `limit list` names it.")
        var name: String

        func validate() throws {
            guard LimitName(name) != nil else { throw ValidationError("a name takes 1 to 256 bytes") }
        }

        func run() async throws {
            try await AdminSession.with(admin) { session in
                try await session.ask("DELETE", "queues", queue, "limits", name)
            }
        }
    }

    struct Length: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bounds how many tasks may wait in a queue's list, or lifts the bound.",
            discussion: """
                Where the list is full, producers are refused; the gateway then answers 503 and Feishu delivers \
                again later. With --drop-oldest the task that would come first is lost instead.
                """
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The queue, such as background.")
        var queue: String
        @Argument(help: "How many; none lifts the bound.")
        var length: LengthArgument
        @Flag(help: "Let the oldest task go instead of refusing the new one.")
        var dropOldest = false

        func run() async throws {
            try await AdminSession.with(admin) { session in
                guard let length = length.length else {
                    _ = try await session.ask("DELETE", "queues", queue, "bound")
                    return
                }
                let body: JSONValue = ["length": .integer(Int64(length)), "drop_oldest": .bool(dropOldest)]
                try await session.ask("PUT", "queues", queue, "bound", body: body)
            }
        }
    }
}

/// A number of tasks, or `none`.
struct LengthArgument: ExpressibleByArgument {
    let length: Int?

    init?(argument: String) {
        if argument == "none" {
            length = nil
        } else {
            guard let number = Int(argument), number > 0 else { return nil }
            length = number
        }
    }
}

/// Units and a span of time, such as `10/1s`.
struct RateArgument: ExpressibleByArgument {
    let units: Double
    let seconds: Int64

    init?(argument: String) {
        let parts = argument.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let units = Double(parts[0]), units > 0, units.isFinite,
            let span = TimeSpan(argument: String(parts[1])), span.duration > .zero
        else { return nil }
        self.units = units
        seconds = span.duration.components.seconds
    }
}
