import ArgumentParser
import JSON
import JobQueue
import Platform

struct TurnCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "turn",
        abstract: "Shows and sets how tasks of several fairness keys share a queue.",
        subcommands: [List.self, Set.self, Remove.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the fairness keys of a queue that have tasks waiting or a weight of their own."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @OptionGroup var watching: WatchOptions

        func run() async throws {
            try await AdminSession.with(admin) { session in
                try await watching.show { () async throws(CommandFailure) in
                    let turns = try await session.all("queues", queue, "turns")
                    let table = Table(
                        [.init("KEY"), .init("WEIGHT", isNumber: true), .init("WAITING", isNumber: true)],
                        of: turns.map { $0.with(["weight": $0["weight"].numberCell]) }
                    )
                    return table.text(as: options.output)
                }
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a fairness key as many turns as its weight says; it counts from the next task on.",
            discussion: """
                While others have tasks waiting, too, a key of weight 3 is handed out three tasks for each of a key \
                of weight 1, which is what every key has that was told nothing.
                """
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: "The fairness key; '' for the tasks that have none.")
        var key: String
        @Argument(help: "0.001 to 1000.")
        var weight: Double

        func validate() throws {
            try TurnCommand.check(key)
            guard FairTurns.weights.contains(weight) else { throw ValidationError("a weight is 0.001 to 1000") }
        }

        func run() async throws {
            let body: JSONValue = ["weight": .number(weight)]
            try await AdminSession.with(admin) { session in
                if key.isEmpty {
                    try await session.ask("PUT", "queues", queue, "turns", body: body)
                } else {
                    try await session.ask("PUT", "queues", queue, "turns", key, body: body)
                }
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gives a fairness key one turn like any other again.",
            discussion: "Exit status 1 where it had no weight of its own."
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The queue, such as interactive.")
        var queue: String
        @Argument(help: "The fairness key; '' for the tasks that have none.")
        var key: String

        func validate() throws { try TurnCommand.check(key) }

        func run() async throws {
            try await AdminSession.with(admin) { session in
                if key.isEmpty {
                    try await session.ask("DELETE", "queues", queue, "turns")
                } else {
                    try await session.ask("DELETE", "queues", queue, "turns", key)
                }
            }
        }
    }

    private static func check(_ key: String) throws {
        guard key.isEmpty || FairnessKey(key) != nil else {
            throw ValidationError("a fairness key takes up to 256 bytes")
        }
    }
}
