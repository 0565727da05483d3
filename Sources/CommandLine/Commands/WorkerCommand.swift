import ArgumentParser
import JSON
import Platform

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

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "Queues to look at (default: worker.queues).")
        var queues: [String] = []
        @OptionGroup var watching: WatchOptions

        func run() async throws {
            try await AdminSession.with(admin) { session in
                try await watching.show { () async throws(CommandFailure) in
                    let workers = try await session.all("workers", query: [("queue", queues.commaList)])
                    return Self.table(workers).text(as: options.output)
                }
            }
        }

        /// The lines of one worker stand together.
        private static func table(_ workers: [JSONValue]) -> Table {
            let order = workers.reduce(into: [String]()) { order, worker in
                if let name = worker["worker"]?.string, !order.contains(name) { order.append(name) }
            }
            return Table(
                [
                    .init("WORKER"), .init("QUEUE"), .init("STATE"),
                    .init("LEASE (S)", key: "lease_seconds", isNumber: true), .init("IN FLIGHT", isNumber: true),
                ],
                of: order.flatMap { name in
                    workers.filter { $0["worker"]?.string == name }
                        .map { $0.with(["lease_seconds": $0["lease_seconds"].secondsCell]) }
                }
            )
        }
    }
}
