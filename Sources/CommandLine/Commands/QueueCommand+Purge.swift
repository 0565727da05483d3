import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

extension QueueCommand {
    struct Purge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes the messages of a queue for good: the waiting ones, or those of the places named.",
            discussion: """
                Asks first; without a terminal it does nothing unless --yes says so. What workers hold stays with \
                them. Events that were purged are not taken in again when Feishu repeats them.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
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

        private var places: [QueueControl.Place] {
            let named: [QueueControl.Place] = [
                ready ? .ready : nil, scheduled ? .scheduled : nil, dead ? .dead : nil,
            ].compactMap { $0 }
            return named.isEmpty ? [.ready] : named
        }

        func run() async throws {
            let settings = try configuration.load()
            let queue = QueueName(queue)
            if !yes { try await ask(settings.redis, queue) }
            var table = Table([.init("QUEUE"), .init("PLACE"), .init("REMOVED", isNumber: true)])
            let places = places
            let counts = try await RedisAccess.act(settings, "queues.purge", on: "queues/\(queue.rawValue)") {
                redis async throws(RedisError) in
                var counts: [Int] = []
                for place in places { counts.append(try await QueueControl(redis: redis).purge(place, of: queue)) }
                return counts
            }
            for (place, count) in zip(places, counts) {
                table.add([queue.rawValue.cell, place.rawValue.cell, .integer(Int64(count))])
            }
            StandardOutput.write(table.text(as: options.output))
        }

        private func ask(_ settings: Configuration.Redis, _ queue: QueueName) async throws {
            let found = try await RedisAccess.with(settings) { redis async throws(RedisError) in
                try await QueueInspector(redis: redis).depths(of: [queue])
            }
            let counts = places.map { place in
                let count =
                    switch place {
                    case .ready: found[0].survey.ready
                    case .scheduled: found[0].survey.scheduled
                    case .dead: found[0].survey.dead
                    }
                return "\(count) \(place.rawValue)"
            }
            let name = TerminalText.line(queue.rawValue)
            try Confirmation.ask("Remove \(counts.joined(separator: " and ")) of \(name) for good?")
        }
    }
}
