import ArgumentParser
import JSON
import Platform

struct ScheduleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Looks after what is enqueued again and again, and at what waits for its time.",
        subcommands: [
            List.self, Add.self, Pause.self, Resume.self, Remove.self, Run.self, Waiting.self,
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the periodic jobs: when each happens next, and what became of it so far.",
            discussion: """
                A job that should have happened and did not has a negative number under IN (S): then no worker runs, \
                or its queue is full. What waits for its time in a queue: schedule waiting QUEUE.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var watching: WatchOptions

        func run() async throws {
            try await AdminSession.with(admin) { session in
                try await watching.show { () async throws(CommandFailure) in
                    Self.table(try await session.all("schedules")).text(as: options.output)
                }
            }
        }

        private static func table(_ jobs: [JSONValue]) -> Table {
            Table(
                [
                    .init("NAME"), .init("WHEN"), .init("TASK"), .init("QUEUE"), .init("NEXT"),
                    .init("IN (S)", key: "in_seconds", isNumber: true), .init("LAST"),
                    .init("LAST TASK", isOptional: true), .init("TASKS", isNumber: true),
                    .init("CATCH-UP", key: "catch_up"), .init("FROM", key: "source"), .init("OWNER", isOptional: true),
                    .init("MISSED", isOptional: true), .init("PAUSED SINCE", isOptional: true),
                    .init("BY", key: "paused_by", isOptional: true),
                    .init("REASON", key: "paused_reason", isOptional: true), .init("PROBLEM", isOptional: true),
                ],
                of: jobs.map { $0.with(["in_seconds": $0["in_seconds"].secondsCell]) }
            )
        }
    }

    struct Waiting: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the tasks of a queue that wait for their time, retries included, the next due first."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @OptionGroup var count: CountOptions

        func run() async throws {
            let tasks = try await AdminSession.with(admin) { session in
                try await session.ask(
                    "GET",
                    "queues",
                    queue,
                    "messages",
                    query: [("place", "scheduled"), ("limit", "\(count.count)")]
                )
            }
            let table = Table(
                [
                    .init("DUE"), .init("IN (S)", key: "in_seconds", isNumber: true), .init("TASK"), .init("ID"),
                    .init("RETRIES", isNumber: true), .init("BYTES", isNumber: true),
                ],
                of: (tasks["items"]?.array ?? []).map { task in
                    task.with(["in_seconds": task["in_seconds"].secondsCell, "task": task.taskCell])
                }
            )
            StandardOutput.write(table.text(as: options.output))
        }
    }
}
