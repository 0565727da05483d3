import ArgumentParser
import FoundationEssentials
import JSON
import JobQueue
import Platform
import Redis

extension QueueCommand {
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets queues hand out nothing until they are resumed.",
            discussion: """
                Running jobs go on, new tasks are taken in, and retries and scheduled tasks wait. A queue that is \
                paused already stays paused as it was. A queue without workers may be a misspelt one.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Option(help: ArgumentHelp("Why, for those who find it paused.", valueName: "text"))
        var reason: String?
        @Argument(help: "The queues, such as interactive.")
        var queues: [String]

        func run() async throws {
            let settings = try configuration.load()
            let pause = QueuePause(by: Self.operatorName, reason: reason)
            let paused = try await RedisAccess.act(
                settings,
                "queues.pause",
                on: "queues/\(queues.joined(separator: ","))"
            ) { redis async throws(RedisError) in
                for queue in queues { _ = try await QueueControl(redis: redis).pause(QueueName(queue), as: pause) }
                return try await QueueInspector(redis: redis).depths(of: queues.map { QueueName($0) })
            }
            StandardOutput.write(QueueCommand.List.table(paused).text(as: options.output))
        }

        /// Who asks, as the system knows them.
        static var operatorName: String {
            "\(ProcessInfo.processInfo.userName)@\(ProcessInfo.processInfo.hostName)"
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets paused queues hand out tasks again.",
            discussion: "Workers notice within about a second. A queue that is not paused stays as it is."
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queues, such as interactive.")
        var queues: [String]

        func run() async throws {
            let settings = try configuration.load()
            var table = Table([
                .init("QUEUE"), .init("RESUMED"), .init("PAUSED SINCE"), .init("BY", key: "paused_by"),
                .init("REASON", key: "paused_reason"),
            ])
            let pauses = try await RedisAccess.act(
                settings,
                "queues.resume",
                on: "queues/\(queues.joined(separator: ","))"
            ) { redis async throws(RedisError) in
                var pauses: [QueuePause?] = []
                for queue in queues { pauses.append(try await QueueControl(redis: redis).resume(QueueName(queue))) }
                return pauses
            }
            for (queue, pause) in zip(queues, pauses) {
                table.add([
                    queue.cell, .bool(pause != nil), (pause?.at?.text).cell, (pause?.by).cell, (pause?.reason).cell,
                ])
            }
            StandardOutput.write(table.text(as: options.output))
        }
    }
}
