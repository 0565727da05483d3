package import Cryptography

extension Configuration {
    /// A server of the Model Context Protocol.
    package struct ToolServer: Sendable {
        package enum Address: Sendable, Equatable {
            case url(String)
            /// A program and its arguments.
            case command([String])
        }

        package let name: String
        package let address: Address
        /// Value of the header `Authorization`.
        package let authorization: Secret?
        /// Nil: all.
        package let allowedTools: [String]?
        package let sensitiveTools: [String]
        /// Of one call.
        package let timeout: Duration
    }
}

extension Configuration.ToolServer {
    init(_ settings: SettingsResolver, at path: String) {
        name = settings.text("\(path).name")
        address =
            if let url = settings.optionalText("\(path).url") {
                .url(url)
            } else {
                .command(settings.text("\(path).command").split(separator: " ").map(String.init))
            }
        authorization = settings.secret("\(path).authorization")
        allowedTools = settings.optionalNames("\(path).allowed_tools")
        sensitiveTools = settings.optionalNames("\(path).sensitive_tools") ?? []
        timeout = settings.duration("\(path).timeout")
    }
}

extension SettingsResolver {
    /// What no setting of tools shows alone.
    mutating func checkTools() {
        var seen: Set<String> = []
        for path in elements(of: "tools.mcp_servers") {
            if let name = optionalText("\(path).name") {
                if !seen.insert(name).inserted {
                    let explanation = "expected a different name for each server"
                    add(ConfigurationProblem("\(path).name", found: "\"\(name)\"", explanation))
                }
            } else if !isBroken(path, "name") {
                add(ConfigurationProblem("\(path).name", "is not set, expected for every server"))
            }
            let hasURL = optionalText("\(path).url") != nil || isBroken(path, "url")
            let hasCommand = optionalText("\(path).command") != nil || isBroken(path, "command")
            if hasURL == hasCommand {
                add(ConfigurationProblem("\(path).url", "expected either url or command"))
            }
        }
    }
}
