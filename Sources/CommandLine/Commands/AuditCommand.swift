import ArgumentParser
import JSON
import Platform

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Shows who administered what, and proves that the record of it is whole.",
        subcommands: [Tail.self, Verify.self, Export.self, Prune.self]
    )

    /// Which records are meant.
    struct FilterOptions: ParsableArguments {
        @Option(help: ArgumentHelp("Only what this one did, such as alice or local:root.", valueName: "name"))
        var actor: String?
        @Option(help: ArgumentHelp("Only actions that begin so, such as plugins. or tokens.issue.", valueName: "text"))
        var action: String?
        @Option(help: "Only acts that ended so.")
        var outcome: AuditOutcome?
        @Option(
            help: ArgumentHelp("Only what was done within this time, such as 90s, 30m, 2h or 1d.", valueName: "span")
        )
        var since: TimeSpan?

        /// As the API takes them.
        var query: [(String, String?)] {
            let start = since.map { AuditTime.now().before($0.duration) }
            return [
                ("actor", actor), ("action", action), ("outcome", outcome?.rawValue), ("since", start?.text),
            ]
        }
    }

    /// Says that there are entries that cannot be shown.
    static func complain(of unreadable: Int64) {
        guard unreadable > 0 else { return }
        StandardError.write("\(unreadable) entries are no whole records: ai-assistant audit verify tells more\n")
    }
}

extension AuditOutcome: ExpressibleByArgument {}
