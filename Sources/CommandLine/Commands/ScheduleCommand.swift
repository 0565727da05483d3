import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

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

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var watching: WatchOptions

        func run() async throws {
            let settings = try configuration.load()
            try await watching.show { () async throws(CommandFailure) in
                let jobs = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                    try await PeriodicControl(redis: redis).list()
                }
                return Self.table(jobs).text(as: options.output)
            }
        }

        static func table(_ listings: [PeriodicListing]) -> Table {
            var table = Table([
                .init("NAME"), .init("WHEN"), .init("TASK"), .init("QUEUE"), .init("NEXT"),
                .init("IN (S)", key: "in_seconds", isNumber: true), .init("LAST"),
                .init("LAST TASK", isOptional: true), .init("TASKS", isNumber: true),
                .init("CATCH-UP", key: "catch_up"),
                .init("FROM", key: "source"), .init("OWNER", isOptional: true), .init("MISSED", isOptional: true),
                .init("PAUSED SINCE", isOptional: true), .init("BY", key: "paused_by", isOptional: true),
                .init("REASON", key: "paused_reason", isOptional: true), .init("PROBLEM", isOptional: true),
            ])
            for listing in listings {
                let job = try? listing.job.get()
                var problem: String?
                if case .failure(let error) = listing.job { problem = error.description }
                table.add([
                    listing.name.cell, (job?.schedule.description).cell, (job?.task.rawValue).cell,
                    (job?.queue.rawValue).cell, (listing.next?.text).cell, listing.wait.cell,
                    (listing.last?.text).cell, (listing.lastTask?.rawValue).cell, .integer(listing.count),
                    (job?.catchUpText).cell, (job?.source.rawValue).cell, (job?.otherOwner).cell,
                    (listing.skipped?.text).cell,
                    listing.pause.map { ($0.at?.text ?? "unknown").cell } ?? .null, (listing.pause?.by).cell,
                    (listing.pause?.reason).cell, problem.cell,
                ])
            }
            return table
        }
    }

    struct Waiting: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the tasks of a queue that wait for their time, retries included, the next due first."
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

extension PeriodicJob {
    /// Whose it is, where that is not the owner of most: `automation` for a rule.
    fileprivate var otherOwner: String? { owner == Self.defaultOwner ? nil : owner }

    /// What becomes of times that were missed: `all (7), within 1800 s`.
    fileprivate var catchUpText: String {
        let rule =
            switch catchUp {
            case .skip: "skip"
            case .once: "once"
            case .all(let atMost): "all (\(atMost))"
            }
        return rule + (catchUpWithin.map { ", within \($0.milliseconds / 1_000) s" } ?? "")
    }
}
