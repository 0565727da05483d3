import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

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

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @OptionGroup var watching: WatchOptions

        func run() async throws {
            let settings = try configuration.load()
            try await watching.show { () async throws(CommandFailure) in
                let limits = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                    try await QueueInspector(redis: redis).limits(of: QueueName(queue))
                }
                return Self.table(limits).text(as: options.output)
            }
        }

        static func table(_ limits: [LimitState]) -> Table {
            var table = Table([
                .init("LIMIT"), .init("AT ONCE", key: "concurrency", isNumber: true), .init("RATE"),
                .init("BURST", isNumber: true), .init("RUNNING", isNumber: true), .init("WAITING", isNumber: true),
                .init("RESTS (S)", key: "rests_seconds", isNumber: true),
            ])
            for limit in limits {
                let rate = limit.limit?.rate
                table.add([
                    limit.name.cell, (limit.limit?.concurrency).map { .integer(Int64($0)) } ?? .null,
                    (rate?.text).cell, (rate.map { $0.burst ?? $0.units }).map { .number($0) } ?? .null,
                    .integer(Int64(limit.running)), .integer(Int64(limit.waiting)), limit.rests.cell,
                ])
            }
            return table
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

        @OptionGroup var configuration: ConfigurationOptions
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
            guard let name = LimitName(name) else { return }
            let settings = try configuration.load()
            var limit = QueueLimit(concurrency: concurrency, rate: rate?.rate)
            limit.rate?.burst = burst
            try await RedisAccess.act(
                settings,
                "limits.set",
                on: "queues/\(queue)/limits/\(name)",
                library: { redis async throws(JobQueueError) in
                    try await QueueLimits(redis: redis).set(limit, for: name, in: QueueName(queue))
                }
            )
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ends a limit; what waits for it is handed out next.",
            discussion: "Exit status 1 where there was none."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: "The limit, as `limit list` names it.")
        var name: String

        func run() async throws {
            guard let limit = LimitName(name) else { throw ValidationError("a name takes 1 to 256 bytes") }
            let settings = try configuration.load()
            let was = try await RedisAccess.act(
                settings,
                "limits.remove",
                on: "queues/\(queue)/limits/\(limit)",
                library: { redis async throws(JobQueueError) in
                    try await QueueLimits(redis: redis).remove(limit, in: QueueName(queue))
                }
            )
            guard was else { throw CommandFailure(.failed, "\(TerminalText.line(queue)) has no such limit") }
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

        @OptionGroup var configuration: ConfigurationOptions
        @Argument(help: "The queue, such as background.")
        var queue: String
        @Argument(help: "How many; none lifts the bound.")
        var length: LengthArgument
        @Flag(help: "Let the oldest task go instead of refusing the new one.")
        var dropOldest = false

        func run() async throws {
            let settings = try configuration.load()
            let bound = length.length.map { QueueBound(length: $0, policy: dropOldest ? .dropOldest : .refuse) }
            try await RedisAccess.act(
                settings,
                "limits.bound",
                on: "queues/\(queue)",
                library: { redis async throws(JobQueueError) in
                    try await QueueLimits(redis: redis).setBound(bound, of: QueueName(queue))
                }
            )
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
    let rate: QueueLimit.Rate

    init?(argument: String) {
        let parts = argument.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let units = Double(parts[0]), units > 0, units.isFinite,
            let span = TimeSpan(argument: String(parts[1])), span.duration > .zero
        else { return nil }
        rate = QueueLimit.Rate(units, per: span.duration)
    }
}

extension QueueLimit.Rate {
    /// As `--rate` takes it.
    fileprivate var text: String {
        let seconds = Double(period.components.seconds) + Double(period.components.attoseconds) / 1e18
        return "\(JSONValue.number(units).text)/\(JSONValue.number(seconds).text)s"
    }
}
