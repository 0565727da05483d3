import ArgumentParser
import Cryptography
import JSON
import Platform

struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "Says who may sign in to the admin API, and as what.",
        subcommands: [Add.self, List.self, Change.self, Remove.self, SecondStep.self]
    )

    /// Where a password comes from.
    struct PasswordOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp("File with the password, - for standard input; else it is asked.", valueName: "path")
        )
        var passwordFile: String?

        func password() throws(CommandFailure) -> String {
            if let passwordFile { return try SecretFile.read(passwordFile).value }
            let password = try SecretFile.ask("New password")
            guard try SecretFile.ask("The same again") == password else {
                throw CommandFailure(.usage, "the two are not the same")
            }
            return password.value
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lets somebody sign in with a password.")

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The name.")
        var name: String
        @Option(help: "What they may do: viewer, operator or admin.")
        var role = "viewer"
        @OptionGroup var passwords: PasswordOptions

        func run() async throws {
            let password = try passwords.password()
            let person = try await AdminSession.with(admin, .all) { session in
                try await session.ask(
                    "POST",
                    "people",
                    body: ["name": .string(name), "role": .string(role), "password": .string(password)]
                )
            }
            StandardOutput.write(PersonCommand.table([person]).text(as: options.output))
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the people who may sign in.")

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions

        func run() async throws {
            let people = try await AdminSession.with(admin, .all) { session in try await session.all("people") }
            StandardOutput.write(PersonCommand.table(people).text(as: options.output))
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Changes somebody's role or password; their sign-ins of before end."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The name.")
        var name: String
        @Option(help: "What they may do: viewer, operator or admin.")
        var role: String?
        @Flag(help: "Give them another password.")
        var password = false
        @OptionGroup var passwords: PasswordOptions

        func validate() throws {
            guard role != nil || password || passwords.passwordFile != nil else {
                throw ValidationError("say what changes: --role, --password")
            }
        }

        func run() async throws {
            var changes = JSONObject()
            if let role { changes["role"] = .string(role) }
            if password || passwords.passwordFile != nil { changes["password"] = .string(try passwords.password()) }
            let body = changes
            let person = try await AdminSession.with(admin, .all) { session in
                try await session.ask("PATCH", "people", name, body: .object(body))
            }
            StandardOutput.write(PersonCommand.table([person]).text(as: options.output))
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets somebody sign in no more; their tokens are good for nothing at once."
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The name.")
        var name: String
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false

        func run() async throws {
            if !yes, Confirmation.canAsk { try Confirmation.ask("Remove \(TerminalText.line(name))?") }
            try await AdminSession.with(admin, .all) { session in _ = try await session.ask("DELETE", "people", name) }
            StandardOutput.write("\(TerminalText.line(name)) is removed\n")
        }
    }

    struct SecondStep: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "second-step",
            abstract: "Removes the second step of somebody who has lost theirs."
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The name.")
        var name: String

        func run() async throws {
            try await AdminSession.with(admin, .all) { session in
                _ = try await session.ask("DELETE", "people", name, "second-step")
            }
            StandardOutput.write("\(TerminalText.line(name)) has no second step any more\n")
        }
    }

    private static func table(_ people: [JSONValue]) -> Table {
        var table = Table([
            .init("NAME"), .init("ROLE"), .init("SECOND STEP", key: "has_second_step"),
            .init("SINCE", key: "created_at"),
        ])
        for person in people {
            table.add([
                person["name"] ?? .null, person["role"] ?? .null, person["has_second_step"] ?? .null,
                person["created_at"].momentCell,
            ])
        }
        return table
    }
}
