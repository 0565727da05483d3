import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Looks at what waits for its time.",
        subcommands: [List.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the scheduled tasks of a queue, retries included, the next due first."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @OptionGroup var count: CountOptions

        func run() async throws {
            let settings = try configuration.load()
            let tasks = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                try await QueueInspector(redis: redis).scheduled(count.count, of: QueueName(queue))
            }
            var table = Table([
                .init("DUE"), .init("IN (S)", key: "in_seconds", isNumber: true), .init("TASK"), .init("ID"),
                .init("RETRIES", isNumber: true), .init("BYTES", isNumber: true),
            ])
            for task in tasks {
                table.add([
                    task.due.text.cell, task.wait.cell, task.message.taskCell, task.message.id.cell,
                    task.message.retries.cell, .integer(Int64(task.message.bytes)),
                ])
            }
            StandardOutput.write(table.text(as: options.output))
        }
    }
}
