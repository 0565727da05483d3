import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

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

        func queues(_ settings: Configuration) -> [QueueName] { settings.queueNames(queue.map { [$0] } ?? []) }

        func find(in queues: [QueueName], _ inspector: QueueInspector) async throws(RedisError) -> TaskFinding {
            try await inspector.find(TaskID(id), in: queues, bound: scan)
        }

        /// Throws `CommandFailure` where nothing of the task was found.
        func requirePresence(_ finding: TaskFinding, in queues: [QueueName]) throws(CommandFailure) {
            guard finding.place == nil, finding.state == nil else { return }
            let names = queues.map { TerminalText.line($0.rawValue) }.joined(separator: ", ")
            throw CommandFailure(
                .failed,
                finding.isComplete
                    ? "the task is nowhere in \(names), and no result is kept"
                    : "gave up after \(scan) messages in a place of \(names); --scan looks at more"
            )
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells where a task is and what became of it.",
            discussion: """
                Queues are not indexed by ID, so this reads messages, a bounded number in each place of each queue. \
                Exit status 1 where the task is nowhere, or beyond that bound; the message tells which.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @OptionGroup var search: SearchOptions

        func run() async throws {
            let settings = try configuration.load()
            let queues = search.queues(settings)
            let (finding, family) = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                let inspector = QueueInspector(redis: redis)
                let finding = try await search.find(in: queues, inspector)
                return (finding, try await inspector.family(of: TaskID(search.id), finding))
            }
            try search.requirePresence(finding, in: queues)
            var details = Self.details(search.id, finding)
            details.add(family: family)
            StandardOutput.write(details.text(as: options.output))
        }

        static func details(_ id: String, _ finding: TaskFinding) -> Details {
            var details = Details()
            var position: Int?
            var worker: String?
            var scheduled: ScheduledTask?
            var letter: DeadLetterEntry?
            var lane: OrderingKey?
            var limit: String?
            let (place, queue, message): (String, QueueName?, QueuedMessage?)
            switch finding.place {
            case .ready(let name, let number, let found):
                (place, queue, message) = ("ready", name, found)
                position = number
            case .parked(let name, let key, let number, let found):
                (place, queue, message) = ("parked", name, found)
                position = number
                lane = key
            case .limited(let name, let bound, let number, let found):
                (place, queue, message) = ("limited", name, found)
                position = number
                limit = bound
            case .inFlight(let name, let holder, let found):
                (place, queue, message) = ("in flight", name, found)
                worker = holder
            case .scheduled(let name, let task):
                (place, queue, message) = ("scheduled", name, task.message)
                scheduled = task
            case .dead(let name, let found):
                (place, queue, message) = ("dead", name, found.message)
                letter = found
            case nil:
                let hasEnded = finding.state?.status.map { $0 != "RETRY" && $0 != "STARTED" } ?? false
                (place, queue, message) = (hasEnded ? "finished" : "not found", nil, nil)
            }
            details.add("PLACE", place)
            details.add("QUEUE", queue?.rawValue)
            details.add("POSITION", position.map { .integer(Int64($0)) })
            details.add("WAITS FOR KEY", key: "ordering_key", lane.map { .string($0.rawValue) })
            details.add("WAITS FOR LIMIT", key: "limit", limit.map { .string($0) })
            details.add("WORKER", worker)
            details.add("DUE", scheduled?.due.text)
            details.add("IN (S)", key: "in_seconds", scheduled?.wait.cell)
            details.add(letter: letter)
            details.add(message: message)
            if message?.id == nil { details.add("ID", id) }
            details.add("STATE", finding.state.map { $0.status ?? "(unreadable)" })
            details.add("DONE", finding.state?.done)
            details.add("RESULT", finding.state?.result)
            details.add("SEARCHED ALL", .bool(finding.isComplete))
            return details
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

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The task's ID.")
        var id: String
        @Option(help: ArgumentHelp("The queue it was put into; `job show` tells.", valueName: "queue"))
        var queue: String

        func run() async throws {
            let settings = try configuration.load()
            let told = try await RedisAccess.act(settings, "jobs.cancel", on: "jobs/\(id)") {
                redis async throws(RedisError) in
                try await QueueControl(redis: redis).cancel(TaskID(id), in: QueueName(queue))
            }
            var table = Table([.init("QUEUE"), .init("ID"), .init("WORKERS TOLD", isNumber: true)])
            table.add([queue.cell, id.cell, .integer(Int64(told))])
            StandardOutput.write(table.text(as: options.output))
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Puts a dead task back into its queue, with all its attempts before it."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The task's ID.")
        var id: String
        @Option(help: ArgumentHelp("Look in this queue only (default: worker.queues).", valueName: "queue"))
        var queue: String?

        func run() async throws {
            let settings = try configuration.load()
            let queues = settings.queueNames(queue.map { [$0] } ?? [])
            let filter = DeadLetterFilter(ids: [TaskID(id)])
            let moves = try await RedisAccess.act(settings, "jobs.retry", on: "jobs/\(id)") {
                redis async throws(RedisError) in
                var moves: [QueueControl.DeadLetterMoves] = []
                for queue in queues {
                    moves.append(try await QueueControl(redis: redis).retryDeadLetters(of: queue, matching: filter))
                }
                return moves
            }
            var table = Table([.init("QUEUE"), .init("RETRIED", isNumber: true)])
            for (queue, move) in zip(queues, moves) where move.moved > 0 {
                table.add([queue.rawValue.cell, .integer(Int64(move.moved))])
            }
            guard !table.rows.isEmpty else {
                let names = queues.map { TerminalText.line($0.rawValue) }.joined(separator: ", ")
                throw CommandFailure(.failed, "the task has no dead letter that can be retried in \(names)")
            }
            StandardOutput.write(table.text(as: options.output))
        }
    }
}
