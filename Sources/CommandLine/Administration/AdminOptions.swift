import ArgumentParser
import Cryptography
import FoundationEssentials
import Platform

/// Where a command finds the admin API: in this process, over Redis, or at a gateway.
struct AdminOptions: ParsableArguments {
    @OptionGroup var configuration: ConfigurationOptions
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
        help: ArgumentHelp("File with a code of the second step, - for standard input; else it is asked.", valueName: "path")
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
            throw CommandFailure(.usage, "a gateway wants a token: --token-file, AI_ASSISTANT_TOKEN_FILE or AI_ASSISTANT_TOKEN")
        }
        return Secret(token)
    }

    private static func variable(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
