package import Cryptography

/// A server of the Model Context Protocol, and what of it we use.
package struct MCPServerConfiguration: Sendable {
    package enum Address: Sendable, Equatable {
        /// Streamable HTTP.
        case url(String)
        /// A program and its arguments, spoken to over its standard input and output, with this environment and no more.
        case command([String], environment: [String: String])
    }

    package var name: String
    package var address: Address
    /// Value of the header `Authorization`; a program gets it as `MCP_AUTHORIZATION`.
    package var authorization: Secret?
    /// Nil: all.
    package var allowedTools: Set<String>?
    /// Those that ask the person first; others join them where the server itself says that they destroy things.
    package var sensitiveTools: Set<String>
    /// Of one call.
    package var timeout: Duration
    /// Of the beginning of a session, and of the list of tools.
    package var connectTimeout: Duration
    /// How long a list of tools is taken to be true.
    package var listLifetime: Duration
    /// Before another try after a failure; each further failure doubles it.
    package var firstPause: Duration
    package var longestPause: Duration
    package var bounds: ToolBounds

    package init(
        name: String,
        address: Address,
        authorization: Secret? = nil,
        allowedTools: Set<String>? = nil,
        sensitiveTools: Set<String> = [],
        timeout: Duration = .seconds(30),
        connectTimeout: Duration = .seconds(10),
        listLifetime: Duration = .seconds(300),
        firstPause: Duration = .seconds(1),
        longestPause: Duration = .seconds(60),
        bounds: ToolBounds = .init()
    ) {
        self.name = name
        self.address = address
        self.authorization = authorization
        self.allowedTools = allowedTools
        self.sensitiveTools = sensitiveTools
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.listLifetime = listLifetime
        self.firstPause = firstPause
        self.longestPause = longestPause
        self.bounds = bounds
    }

    func allows(_ tool: String) -> Bool { allowedTools?.contains(tool) ?? true }
}
