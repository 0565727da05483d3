import ArgumentParser
import JSON
import Platform

extension QueueCommand {
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets queues hand out nothing until they are resumed.",
            discussion: """
                Running jobs go on, new tasks are taken in, and retries and scheduled tasks wait. A queue that is \
                paused already stays paused as it was. A queue without workers may be a misspelt one.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Option(help: ArgumentHelp("Why, for those who find it paused.", valueName: "text"))
        var reason: String?
        @Argument(help: "The queues, such as interactive.")
        var queues: [String]

        func run() async throws {
            var body = JSONObject()
            if let reason { body["reason"] = .string(reason) }
            let wanted = body
            let table = try await AdminSession.with(admin) { session in
                for queue in queues { try await session.ask("PUT", "queues", queue, "pause", body: .object(wanted)) }
                return try await QueueCommand.List.table(queues, session)
            }
            StandardOutput.write(table.text(as: options.output))
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets paused queues hand out tasks again.",
            discussion: "Workers notice within about a second. A queue that is not paused stays as it is."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queues, such as interactive.")
        var queues: [String]

        func run() async throws {
            let ends = try await AdminSession.with(admin) { session in
                var ends: [JSONValue] = []
                for queue in queues {
                    let end = try await session.ask("DELETE", "queues", queue, "pause")
                    ends.append(end.ofPause(["queue": .string(queue)]))
                }
                return ends
            }
            let table = Table(
                [
                    .init("QUEUE"), .init("RESUMED"), .init("PAUSED SINCE"), .init("BY", key: "paused_by"),
                    .init("REASON", key: "paused_reason"),
                ],
                of: ends
            )
            StandardOutput.write(table.text(as: options.output))
        }
    }
}

extension JSONValue {
    /// Of a pause as the API shows it: its members by the names of columns, and `members`.
    func ofPause(_ members: JSONObject) -> JSONValue {
        with([
            "paused_since": self["since"] ?? .null, "paused_by": self["by"] ?? .null,
            "paused_reason": self["reason"] ?? .null,
        ]).with(members)
    }
}
