import ArgumentParser
import JSON
import Platform

struct PluginsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugins",
        abstract: "Installs, configures and looks after plugins.",
        discussion: """
            Works over Redis on the host, or at a gateway with --server. Workers see a change within a second.
            How to write a plugin: docs/plugins.
            """,
        subcommands: [
            Install.self, List.self, Show.self, Configure.self, Enable.self, Disable.self, Upgrade.self,
            Uninstall.self, Logs.self, Test.self, Catalogue.self, Run.self,
        ],
        aliases: ["plugin"]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the installed plugins and how they fare.")

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions

        func run() async throws {
            let items = try await AdminSession.with(admin, .all) { session in try await session.all("plugins") }
            StandardOutput.write(PluginDetails.lines(of: items).text(as: options.output))
        }
    }

    struct Catalogue: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the plugins that come with the product.")

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions

        func run() async throws {
            let items = try await AdminSession.with(admin, .all) { session in try await session.all("plugin-catalogue")
            }
            var table = Table([.init("NAME"), .init("VERSION"), .init("DESCRIPTION")])
            for item in items { table.add(["name", "version", "description"].map { item[$0] ?? .null }) }
            StandardOutput.write(table.text(as: options.output))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tells all about one plugin: its configuration without secrets, its permissions, how it fares."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The plugin.")
        var name: String

        func run() async throws {
            let plugin = try await AdminSession.with(admin, .all) { session in
                try await session.ask("GET", "plugins", name)
            }
            StandardOutput.write(PluginDetails(plugin).text(as: options.output))
        }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Has a plugin called again.")

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The plugin.")
        var name: String

        func run() async throws {
            let plugin = try await AdminSession.with(admin, .all) { session in
                try await session.ask("POST", "plugins", name, "enable")
            }
            StandardOutput.write(PluginDetails.lines(of: [plugin]).text(as: options.output))
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keeps a plugin installed, with its configuration, and has it called no more."
        )

        @OptionGroup var admin: AdminOptions
        @OptionGroup var options: OutputOptions
        @Argument(help: "The plugin.")
        var name: String

        func run() async throws {
            let plugin = try await AdminSession.with(admin, .all) { session in
                try await session.ask("POST", "plugins", name, "disable")
            }
            StandardOutput.write(PluginDetails.lines(of: [plugin]).text(as: options.output))
        }
    }

    struct Uninstall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes a plugin with its configuration, its files and its log.",
            discussion: "On a terminal it asks first."
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The plugin.")
        var name: String
        @Flag(name: .shortAndLong, help: "Do not ask.")
        var yes = false

        func run() async throws {
            if !yes, Confirmation.canAsk {
                try Confirmation.ask("Remove the plugin \(TerminalText.line(name)) and its configuration for good?")
            }
            try await AdminSession.with(admin, .all) { session in _ = try await session.ask("DELETE", "plugins", name) }
            StandardOutput.write("\(TerminalText.line(name)) is uninstalled\n")
        }
    }

    struct Logs: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows the last lines that a plugin wrote, on all workers, the oldest first."
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The plugin.")
        var name: String
        @Option(name: [.customShort("n"), .long], help: ArgumentHelp("How many, 1 to 500.", valueName: "n"))
        var count = 100

        func validate() throws {
            guard (1...500).contains(count) else { throw ValidationError("--count takes 1 to 500") }
        }

        func run() async throws {
            let page = try await AdminSession.with(admin, .all) { session in
                try await session.ask("GET", "plugins", name, "logs", query: [("limit", String(count))])
            }
            for line in page["items"]?.array ?? [] {
                StandardOutput.write(TerminalText.line(line.string ?? "", limit: 1_200) + "\n")
            }
        }
    }

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Has a worker send a plugin a message, and shows what it answers; nobody else sees it."
        )

        @OptionGroup var admin: AdminOptions
        @Argument(help: "The plugin.")
        var name: String
        @Argument(help: "The message.")
        var message = "test"

        func run() async throws {
            let answer = try await AdminSession.with(admin, .all) { session in
                try await session.ask("POST", "plugins", name, "test", body: ["message": .string(message)])
            }
            StandardOutput.write(answer.text + "\n")
        }
    }
}
