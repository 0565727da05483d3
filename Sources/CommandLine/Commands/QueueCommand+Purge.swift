import ArgumentParser
import JSON
import Platform

extension QueueCommand {
    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes the messages of a queue for good: the waiting ones, or those of the places named.",
            discussion: """
                Asks first; without a terminal it does nothing unless --yes says so. What workers hold stays with \
                them. Events that were purged are not taken in again when Feishu repeats them.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The queue, such as background.")
        var queue: String
        @Flag(help: "Purge what waits to be taken (the default where no place is named).")
        var ready = false
        @Flag(help: "Purge what waits for its time: delayed tasks and retries.")
        var scheduled = false
        @Flag(help: "Purge the dead letters.")
        var dead = false
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false

        func validate() throws {
            guard yes || Confirmation.canAsk else {
                throw ValidationError("there is no terminal to ask on: --yes purges without asking")
            }
        }

        private var places: [String] {
            let named = [ready ? "ready" : nil, scheduled ? "scheduled" : nil, dead ? "dead" : nil].compactMap { $0 }
            return named.isEmpty ? ["ready"] : named
        }

        func run() async throws {
            let places = places
            let removed = try await AdminSession.with(admin) { session in
                if !yes { try await ask(session) }
                return try await session.ask(
                    "POST",
                    "queues",
                    queue,
                    "purge",
                    body: ["places": .array(places.map { .string($0) })]
                )
            }
            var table = Table([.init("QUEUE"), .init("PLACE"), .init("REMOVED", isNumber: true)])
            for place in places { table.add([queue.cell, place.cell, removed["removed"]?[place] ?? .null]) }
            StandardOutput.write(table.text(as: options.output))
        }

        private func ask(_ session: AdminSession) async throws {
            let found = try await session.ask("GET", "queues", queue)
            let counts = places.map { "\(found[$0]?.integer ?? 0) \($0)" }
            let name = TerminalText.line(queue)
            try Confirmation.ask("Remove \(counts.joined(separator: " and ")) of \(name) for good?")
        }
    }
}
