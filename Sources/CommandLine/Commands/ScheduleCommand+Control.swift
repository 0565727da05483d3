import ArgumentParser
import JSON
import JobPayload
import JobQueue
import Platform
import Redis

extension ScheduleCommand {
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets periodic jobs happen no more until they are resumed.",
            discussion: """
                The pause outlives restarts, also of jobs that come from code or configuration. What they miss meanwhile \
                is not made up for. A job that is paused already stays paused as it was. Exit status 1 where one is not there.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Option(help: ArgumentHelp("Why, for those who find it paused.", valueName: "text"))
        var reason: String?
        @Argument(help: "The periodic jobs, as `schedule list` names them.")
        var names: [String]

        func run() async throws {
            let settings = try configuration.load()
            let pause = QueuePause(by: QueueCommand.Pause.operatorName, reason: reason)
            let pauses = try await RedisAccess.act(
                settings,
                "schedules.pause",
                on: "schedules/\(names.joined(separator: ","))"
            ) { redis async throws(RedisError) in
                var pauses: [QueuePause?] = []
                for name in names { pauses.append(try await PeriodicControl(redis: redis).pause(name, as: pause)) }
                return pauses
            }
            var table = Table([
                .init("NAME"), .init("PAUSED SINCE"), .init("BY", key: "paused_by"),
                .init("REASON", key: "paused_reason"),
            ])
            for case (let name, let pause?) in zip(names, pauses) {
                table.add([name.cell, (pause.at?.text).cell, pause.by.cell, pause.reason.cell])
            }
            StandardOutput.write(table.text(as: options.output))
            try ScheduleCommand.complain(of: zip(names, pauses).filter { $0.1 == nil }.map(\.0))
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets paused periodic jobs happen again, from their next time on.",
            discussion: "A job that is not paused stays as it is. Exit status 1 where one is not there."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The periodic jobs, as `schedule list` names them.")
        var names: [String]

        func run() async throws {
            let settings = try configuration.load()
            let ends = try await RedisAccess.act(
                settings,
                "schedules.resume",
                on: "schedules/\(names.joined(separator: ","))"
            ) { redis async throws(RedisError) in
                var ends: [PeriodicControl.Resumption] = []
                for name in names { ends.append(try await PeriodicControl(redis: redis).resume(name)) }
                return ends
            }
            var table = Table([
                .init("NAME"), .init("RESUMED"), .init("NEXT"), .init("PAUSED SINCE"), .init("BY", key: "paused_by"),
                .init("REASON", key: "paused_reason"),
            ])
            for (name, end) in zip(names, ends) {
                switch end {
                case .resumed(let pause, let next):
                    table.add([
                        name.cell, .bool(true), (next?.text).cell, (pause.at?.text).cell, pause.by.cell,
                        pause.reason.cell,
                    ])
                case .notPaused: table.add([name.cell, .bool(false), .null, .null, .null, .null])
                case .none: break
                }
            }
            StandardOutput.write(table.text(as: options.output))
            try ScheduleCommand.complain(of: zip(names, ends).filter { $0.1 == .none }.map(\.0))
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

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Flag(help: "Also where it comes from code or configuration of a program that is no more.")
        var force = false
        @Argument(help: "The periodic jobs, as `schedule list` names them.")
        var names: [String]

        func run() async throws {
            let settings = try configuration.load()
            let removals = try await RedisAccess.act(
                settings,
                "schedules.remove",
                on: "schedules/\(names.joined(separator: ","))"
            ) { redis async throws(RedisError) in
                var removals: [PeriodicControl.Removal] = []
                for name in names {
                    removals.append(try await PeriodicControl(redis: redis).remove(name, evenIfOwned: force))
                }
                return removals
            }
            var table = Table([.init("NAME"), .init("REMOVED")])
            for (name, removal) in zip(names, removals) { table.add([name.cell, .bool(removal == .removed)]) }
            StandardOutput.write(table.text(as: options.output))
            let problems = zip(names, removals).compactMap { name, removal -> String? in
                switch removal {
                case .removed: nil
                case .none: "there is no periodic job \(TerminalText.line(name))"
                case .belongs(let source):
                    "\(name) comes from \(source.rawValue): remove it there, or pause it (--force removes it until a worker starts)"
                }
            }
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

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The periodic job, as `schedule list` names it.")
        var name: String

        func run() async throws {
            let settings = try configuration.load()
            let payload = try JobPayload(settings.payload)
            let task = try await RedisAccess.act(
                settings,
                "schedules.run",
                on: "schedules/\(name)",
                library: { redis async throws(JobQueueError) in
                    let durability = Durability(settings.redis.durability)
                    return try await PeriodicControl(redis: redis).run(name, durability: durability, payload: payload)
                }
            )
            guard let task else { return try ScheduleCommand.complain(of: [name]) }
            var details = Details()
            details.add("NAME", name)
            details.add("ID", task.id.rawValue)
            details.add("QUEUE", task.queue.rawValue)
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
