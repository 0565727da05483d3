import ArgumentParser
import JSON
import Platform

extension ScheduleCommand {
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets periodic jobs happen no more until they are resumed.",
            discussion: """
                The pause outlives restarts, also of jobs that come from code or configuration. What they miss meanwhile \
                is not made up for. A job that is paused already stays paused as it was. Exit status 1 where one is not there.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Option(help: ArgumentHelp("Why, for those who find it paused.", valueName: "text"))
        var reason: String?
        @Argument(help: "The periodic jobs, as `schedule list` names them.")
        var names: [String]

        func run() async throws {
            var body = JSONObject()
            if let reason { body["reason"] = .string(reason) }
            let wanted = JSONValue.object(body)
            let pauses = try await AdminSession.with(admin) { session in
                var pauses: [(String, JSONValue?)] = []
                for name in names {
                    let pause = try await session.askIfThere("PUT", "schedules", name, "pause", body: wanted)
                    pauses.append((name, pause))
                }
                return pauses
            }
            let table = Table(
                [
                    .init("NAME"), .init("PAUSED SINCE"), .init("BY", key: "paused_by"),
                    .init("REASON", key: "paused_reason"),
                ],
                of: pauses.compactMap { name, pause in pause?.ofPause(["name": name.cell]) }
            )
            StandardOutput.write(table.text(as: options.output))
            try ScheduleCommand.complain(of: pauses.filter { $0.1 == nil }.map(\.0))
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets paused periodic jobs happen again, from their next time on.",
            discussion: "A job that is not paused stays as it is. Exit status 1 where one is not there."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The periodic jobs, as `schedule list` names them.")
        var names: [String]

        func run() async throws {
            let ends = try await AdminSession.with(admin) { session in
                var ends: [(String, JSONValue?)] = []
                for name in names {
                    ends.append((name, try await session.askIfThere("DELETE", "schedules", name, "pause")))
                }
                return ends
            }
            let table = Table(
                [
                    .init("NAME"), .init("RESUMED"), .init("NEXT"), .init("PAUSED SINCE"),
                    .init("BY", key: "paused_by"), .init("REASON", key: "paused_reason"),
                ],
                of: ends.compactMap { name, end in end?.ofPause(["name": name.cell]) }
            )
            StandardOutput.write(table.text(as: options.output))
            try ScheduleCommand.complain(of: ends.filter { $0.1 == nil }.map(\.0))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes periodic jobs; their tasks that are enqueued already stay.",
            discussion: """
                One that comes from code or configuration would be back with the next worker that starts: remove it there, \
                or pause it. Exit status 1 where one is not removed.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Flag(help: "Also where it comes from code or configuration of a program that is no more.")
        var force = false
        @Argument(help: "The periodic jobs, as `schedule list` names them.")
        var names: [String]

        func run() async throws {
            let removals = try await AdminSession.with(admin) { session in
                var removals: [(name: String, problem: String?)] = []
                for name in names {
                    var problem: String?
                    do throws(CommandFailure) {
                        try await session.ask(
                            "DELETE",
                            "schedules",
                            name,
                            query: [("force", force ? "true" : nil)]
                        )
                    } catch {
                        guard error.status == .failed else { throw error }
                        problem = error.message
                    }
                    removals.append((name, problem))
                }
                return removals
            }
            var table = Table([.init("NAME"), .init("REMOVED")])
            for removal in removals { table.add([removal.name.cell, .bool(removal.problem == nil)]) }
            StandardOutput.write(table.text(as: options.output))
            let problems = removals.compactMap(\.problem)
            guard problems.isEmpty else { throw CommandFailure(.failed, problems.joined(separator: "; ")) }
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enqueues a periodic job's task now, paused or not; its times stay as they are.",
            discussion: """
                The task is compressed and encrypted as the workers' own, by the same settings (payload.…), and stored as \
                safely (redis.durability). Exit status 1 where there is no such job, or its queue is full.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The periodic job, as `schedule list` names it.")
        var name: String

        func run() async throws {
            let task = try await AdminSession.with(admin) { session in
                try await session.askIfThere("POST", "schedules", name, "run")
            }
            guard let task else { return try ScheduleCommand.complain(of: [name]) }
            var details = Details()
            details.add("NAME", name)
            details.add("ID", task["id"])
            details.add("QUEUE", task["queue"])
            StandardOutput.write(details.text(as: options.output))
        }
    }

    /// - Throws: `CommandFailure`, `.failed`, where there are any.
    private static func complain(of missing: [String]) throws(CommandFailure) {
        guard !missing.isEmpty else { return }
        let names = missing.map { TerminalText.line($0) }.joined(separator: ", ")
        throw CommandFailure(.failed, "there is no periodic job \(names); schedule list shows those there are")
    }
}
