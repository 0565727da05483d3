import ArgumentParser
import Cryptography
import FoundationEssentials
import Platform

/// Where a command finds the admin API, and with what settings where that is in this process.
protocol AdminAccess: Sendable {
    var connection: ConnectionOptions { get }

    /// Loads the settings, or prints what is wrong with them and throws `CommandFailure`.
    func load() throws(CommandFailure) -> Configuration
}

/// What every command has that asks the admin API.
struct AdminOptions: ParsableArguments, AdminAccess {
    @OptionGroup var configuration: ConfigurationOptions
    @OptionGroup var connection: ConnectionOptions

    func load() throws(CommandFailure) -> Configuration { try configuration.load() }
}

/// The same for commands of which `--config` is a plugin's configuration.
struct PluginAdminOptions: ParsableArguments, AdminAccess {
    @Option(help: ArgumentHelp("Read settings from this file (else AI_ASSISTANT_CONFIG names it).", valueName: "path"))
    var settings: String?
    @OptionGroup var overriding: OverrideOptions
    @OptionGroup var connection: ConnectionOptions

    func load() throws(CommandFailure) -> Configuration {
        try ProgramStart.configuration(flags: overriding.flags, path: settings)
    }
}

/// At which gateway the admin API is asked: at none, but in this process over Redis, where none is named.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ask this gateway, such as https://bot.example.com, in place of Redis (else AI_ASSISTANT_SERVER names it).",
            valueName: "url"
        )
    )
    var server: String?
    @Option(
        help: ArgumentHelp(
            "File with the token for --server (else AI_ASSISTANT_TOKEN or AI_ASSISTANT_TOKEN_FILE).",
            valueName: "path"
        )
    )
    var tokenFile: String?
    @Option(
        help: ArgumentHelp(
            "File with a code of the second step, - for standard input; else it is asked.",
            valueName: "path"
        )
    )
    var codeFile: String?

    func validate() throws {
        if let server, !server.hasPrefix("https://"), !server.hasPrefix("http://") {
            throw ValidationError("--server takes a URL that begins with https:// or http://, got \"\(server)\"")
        }
        if tokenFile != nil, serverURL == nil { throw ValidationError("--token-file goes with --server") }
    }

    /// Nil where Redis is asked.
    var serverURL: String? { server ?? Self.variable("AI_ASSISTANT_SERVER") }

    /// The token for a gateway.
    ///
    /// - Throws: `CommandFailure` where there is none.
    func token() throws(CommandFailure) -> Secret {
        if let path = tokenFile ?? Self.variable("AI_ASSISTANT_TOKEN_FILE") { return try SecretFile.read(path) }
        guard let token = Self.variable("AI_ASSISTANT_TOKEN") else {
            throw CommandFailure(
                .usage,
                "a gateway wants a token: --token-file, AI_ASSISTANT_TOKEN_FILE or AI_ASSISTANT_TOKEN"
            )
        }
        return Secret(token)
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
