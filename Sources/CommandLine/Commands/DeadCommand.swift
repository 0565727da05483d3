import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

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

        var filter: DeadLetterFilter {
            DeadLetterFilter(
                task: task.map { TaskName($0) },
                errorType: error,
                since: since.map { WireTime.now.advanced(by: .zero - $0.duration) }
            )
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the dead letters of a queue, the newest first."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @OptionGroup var choice: FilterOptions
        @OptionGroup var count: CountOptions

        func run() async throws {
            let settings = try configuration.load()
            let letters = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                try await QueueInspector(redis: redis).deadLetters(
                    of: QueueName(queue),
                    matching: choice.filter,
                    limit: count.count
                )
            }
            var table = Table([
                .init("N", isNumber: true), .init("AT"), .init("TASK"), .init("ID"), .init("ERROR"), .init("MESSAGE"),
                .init("DELIVERIES", isNumber: true), .init("BODY"),
            ])
            for letter in letters {
                table.add([
                    .integer(Int64(letter.position)), letter.at.cell, letter.message.taskCell, letter.message.id.cell,
                    letter.errorType.cell, letter.errorMessage.cell, letter.deliveries.cell,
                    letter.message.bodyForm.cell,
                ])
            }
            StandardOutput.write(table.text(as: options.output))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells all about one dead letter.",
            discussion:
                "A number is a position as `dead list` shows it, and moves on when others die; else it is an ID."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: ArgumentHelp("The position, or the task's ID.", valueName: "n|id"))
        var letter: String

        func run() async throws {
            let settings = try configuration.load()
            let queue = QueueName(queue)
            let found = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                let inspector = QueueInspector(redis: redis)
                if let position = Int(letter) { return try await inspector.deadLetter(at: position, of: queue) }
                let filter = DeadLetterFilter(ids: [TaskID(letter)])
                return try await inspector.deadLetters(of: queue, matching: filter, limit: 1).first
            }
            guard let found else {
                let name = TerminalText.line(queue.rawValue)
                throw CommandFailure(.failed, "\(name) has no dead letter \(TerminalText.line(letter))")
            }
            var details = Details()
            details.add("QUEUE", queue.rawValue)
            details.add(letter: found)
            details.add(message: found.message)
            StandardOutput.write(details.text(as: options.output))
        }
    }
}

extension Details {
    mutating func add(letter: DeadLetterEntry?) {
        add("N", (letter?.position).map { .integer(Int64($0)) })
        add("AT", letter?.at)
        add("ERROR", letter?.errorType)
        add("MESSAGE", letter?.errorMessage)
        add("DELIVERIES", letter?.deliveries.cell)
    }

    mutating func add(message: QueuedMessage?) {
        add("TASK", message?.taskCell)
        add("ID", message?.id)
        add("ETA", message?.eta)
        add("RETRIES", message?.retries.cell)
        add("BYTES", (message?.bytes).map { .integer(Int64($0)) })
        add("BODY", message?.bodyForm)
        add("BODY KEY", key: "body_ref", message?.bodyReference.map { .string($0) })
        add("ARGS", message?.args)
        add("KWARGS", message?.kwargs)
    }
}
