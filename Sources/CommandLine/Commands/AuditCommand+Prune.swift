import ArgumentParser
import JSON
import Platform

extension AuditCommand {
    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes old records from Redis for good.",
            discussion: """
                Asks first; without a terminal it does nothing unless --yes says so. The gateway does the same by \
                itself, with audit.keep. Files are left alone. That records were removed is recorded.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Option(help: ArgumentHelp("Keep the records of so many days.", valueName: "days"))
        var keep: Int
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false

        func validate() throws {
            guard (1...36_500).contains(keep) else { throw ValidationError("--keep takes 1 to 36500 days") }
            guard yes || Confirmation.canAsk else {
                throw ValidationError("there is no terminal to ask on: --yes removes without asking")
            }
        }

        func run() async throws {
            if !yes { try Confirmation.ask("Remove all audit records older than \(keep) days for good?") }
            let pruned = try await AdminSession.with(admin) { session in
                try await session.ask("POST", "audit", "prune", body: ["keep_days": .integer(Int64(keep))])
            }
            let table = Table([.init("REMOVED", isNumber: true)], of: [pruned])
            StandardOutput.write(table.text(as: options.output))
        }
    }
}
