import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

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

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "Queues to list (default: worker.queues).")
        var queues: [String] = []

        @OptionGroup var watching: WatchOptions

        func run() async throws {
            let settings = try configuration.load()
            let names = settings.queueNames(queues)
            try await watching.show { () async throws(CommandFailure) in
                let depths = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                    try await QueueInspector(redis: redis).depths(of: names)
                }
                return Self.table(depths).text(as: options.output)
            }
        }

        static func table(_ depths: [QueueDepths]) -> Table {
            let counts = ["READY", "IN FLIGHT", "PARKED", "LIMITED", "SCHEDULED", "DEAD", "WORKERS"]
            var table = Table(
                [Table.Column("QUEUE")] + counts.map { Table.Column($0, isNumber: true) } + [
                    .init("OLDEST (S)", key: "oldest_seconds", isNumber: true),
                    .init("UNACCOUNTED", isNumber: true), .init("PAUSED"),
                    .init("SINCE", key: "paused_since", isOptional: true),
                    .init("BY", key: "paused_by", isOptional: true),
                    .init("REASON", key: "paused_reason", isOptional: true),
                ]
            )
            for depth in depths {
                let numbers = [
                    depth.survey.ready, depth.survey.inFlight, depth.survey.parked, depth.survey.limited,
                    depth.survey.scheduled, depth.survey.dead, depth.workers,
                ]
                table.add(
                    [.string(depth.queue.rawValue)] + numbers.map { .integer(Int64($0)) } + [
                        depth.survey.oldestWait.cell, .integer(Int64(depth.survey.unaccounted)),
                        .bool(depth.pause != nil), depth.pause?.at?.text.cell ?? .null,
                        depth.pause?.by.cell ?? .null, depth.pause?.reason.cell ?? .null,
                    ]
                )
            }
            return table
        }
    }

    struct Peek: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the next messages of a queue and leaves them where they are."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Option(name: .shortAndLong, help: ArgumentHelp("How many messages.", valueName: "n"))
        var count: Int = 10

        func validate() throws {
            guard (1...1_000).contains(count) else { throw ValidationError("--count takes 1 to 1000") }
        }

        func run() async throws {
            let settings = try configuration.load()
            let messages = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                try await QueueInspector(redis: redis).next(count, of: QueueName(queue))
            }
            StandardOutput.write(Self.table(messages).text(as: options.output))
        }

        static func table(_ messages: [QueuedMessage]) -> Table {
            var table = Table([
                .init("NEXT", isNumber: true), .init("TASK"), .init("ID"), .init("ETA"),
                .init("RETRIES", isNumber: true), .init("BYTES", isNumber: true), .init("BODY"), .init("ARGS"),
                .init("KWARGS"),
            ])
            for (index, message) in messages.enumerated() {
                table.add([
                    .integer(Int64(index + 1)),
                    message.taskCell,
                    message.id.cell,
                    message.eta.cell,
                    message.retries.cell,
                    .integer(Int64(message.bytes)),
                    message.bodyForm.cell,
                    message.args.cell,
                    message.kwargs.cell,
                ])
            }
            return table
        }
    }
}
