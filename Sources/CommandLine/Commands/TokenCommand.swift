import ArgumentParser
import JSON
import Platform

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "Issues, lists and revokes tokens of the admin API.",
        subcommands: [Issue.self, List.self, Revoke.self]
    )

    struct Issue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Issues a token and prints it, this once.",
            discussion: """
                ai-assistant token issue --subject ci --role viewer --lifetime 1h > token.txt
                It is signed with JWT_SECRET, or JWT_PRIVATE_KEY, as the gateways have it. A day is the longest.
                """
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Option(help: ArgumentHelp("Who it is for, as the audit log names them.", valueName: "name"))
        var subject: String
        @Option(help: "What it allows: viewer, operator or admin.")
        var role = "viewer"
        @Option(help: ArgumentHelp("How long it is good for, such as 15m (the default), 8h or 1d.", valueName: "span"))
        var lifetime: TimeSpan?

        func run() async throws {
            let seconds = lifetime?.duration.components.seconds ?? 900
            let token = try await AdminSession.with(admin, .all) { session in
                try await session.ask(
                    "POST",
                    "tokens",
                    body: ["subject": .string(subject), "role": .string(role), "lifetime": .integer(seconds)]
                )
            }
            StandardOutput.write(
                options.output == .json ? token.text + "\n" : (token["token"]?.string ?? "") + "\n"
            )
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the tokens that are good still.")

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions

        func run() async throws {
            let items = try await AdminSession.with(admin, .all) { session in try await session.all("tokens") }
            var table = Table([
                .init("ID"), .init("SUBJECT"), .init("ROLE"), .init("ISSUED", key: "issued_at"),
                .init("EXPIRES", key: "expires_at"),
            ])
            for item in items {
                table.add([
                    item["id"] ?? .null, item["subject"] ?? .null, item["role"] ?? .null, item["issued_at"].momentCell,
                    item["expires_at"].momentCell,
                ])
            }
            StandardOutput.write(table.text(as: options.output))
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes a token back; it is good for nothing at once.")

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The token's ID, as `token list` shows it.")
        var id: String

        func run() async throws {
            try await AdminSession.with(admin, .all) { session in _ = try await session.ask("DELETE", "tokens", id) }
            StandardOutput.write("\(TerminalText.line(id)) is revoked\n")
        }
    }
}
