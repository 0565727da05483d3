import ArgumentParser
import JSON
import JobQueue
import Platform
import Redis

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Looks at the workers.",
        subcommands: [List.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists the workers of each queue, what is left of their leases, and how many tasks they hold.",
            discussion: """
                One line per worker and queue. A worker is named by its incarnation, which it logs when it registers. \
                One that is expired or condemned is dead: its tasks are being given to others.
                """
        )

        @OptionGroup var configuration: ConfigurationOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "Queues to look at (default: worker.queues).")
        var queues: [String] = []
        @OptionGroup var watching: WatchOptions

        func run() async throws {
            let settings = try configuration.load()
            let names = settings.queueNames(queues)
            try await watching.show { () async throws(CommandFailure) in
                let workers = try await RedisAccess.with(settings.redis) { redis async throws(RedisError) in
                    var workers: [RegisteredWorker] = []
                    for name in names { workers += try await QueueInspector(redis: redis).workers(of: name) }
                    return workers
                }
                return Self.table(workers).text(as: options.output)
            }
        }

        /// The lines of one worker stand together.
        static func table(_ workers: [RegisteredWorker]) -> Table {
            var table = Table([
                .init("WORKER"), .init("QUEUE"), .init("STATE"),
                .init("LEASE (S)", key: "lease_seconds", isNumber: true), .init("IN FLIGHT", isNumber: true),
            ])
            let order = workers.reduce(into: [String]()) { order, worker in
                if !order.contains(worker.incarnation) { order.append(worker.incarnation) }
            }
            for incarnation in order {
                for worker in workers where worker.incarnation == incarnation {
                    let state =
                        switch worker.leaseLeft {
                        case nil: "condemned"
                        case let left? where left <= .zero: "expired"
                        case .some: "alive"
                        }
                    table.add([
                        incarnation.cell, worker.queue.rawValue.cell, state.cell, worker.leaseLeft.cell,
                        .integer(Int64(worker.inFlight)),
                    ])
                }
            }
            return table
        }
    }
}
