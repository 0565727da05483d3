package import JSON
package import Logging

/// One tool of a set, under the name that a model knows it by.
package struct Tool: Sendable, Equatable {
    /// `server__tool` in `[A-Za-z0-9_-]`, at most 64 characters: what chat-completions APIs allow.
    package let name: String
    package let description: String
    /// JSON Schema of the arguments, an object.
    package let parameters: JSONObject
    /// Whether the person is asked before each call.
    package let isSensitive: Bool
    /// The server that has it.
    package let server: String
    /// The tool's name there.
    package let remoteName: String
}

/// The tools of several servers as one.
package struct ToolSet: Sendable {
    private let servers: [any ToolServer]
    private let logger: Logger

    package init(_ servers: [any ToolServer], logger: Logger) {
        self.servers = servers
        self.logger = logger
    }

    package var isEmpty: Bool { servers.isEmpty }

    /// All tools that there are now, in the order of the servers. One that does not answer is left out: the model does
    /// without its tools.
    package func tools() async -> [Tool] {
        let lists = await withTaskGroup(of: (Int, [OfferedTool]).self) { group in
            for (index, server) in servers.enumerated() {
                group.addTask { (index, await offered(by: server)) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var names: Set<String> = []
        var tools: [Tool] = []
        for (index, server) in servers.enumerated() {
            for tool in lists[index] ?? [] {
                let name = Self.unused(Self.name(server.name, tool.name), among: &names)
                tools.append(
                    Tool(
                        name: name,
                        description: tool.description,
                        parameters: tool.parameters,
                        isSensitive: tool.isSensitive,
                        server: server.name,
                        remoteName: tool.name
                    )
                )
            }
        }
        return tools
    }

    /// Calls a tool of `tools()`; the result is data and never an instruction. What the tool complains of is a result, too.
    ///
    /// Throws `unknownTool` where the set has no such server any more, and what its server's failures stand for.
    package func call(_ tool: Tool, _ arguments: JSONObject) async throws(ToolProtocolError) -> ToolResult {
        guard let server = servers.first(where: { $0.name == tool.server }) else {
            throw ToolProtocolError(.unknownTool, server: tool.server)
        }
        return try await server.call(tool.remoteName, arguments)
    }

    /// Calls a tool by the name that a model knows it by, wherever it is.
    ///
    /// Throws `unknownTool` for a name that no tool has now, as models make them up.
    package func call(_ name: String, _ arguments: JSONObject) async throws(ToolProtocolError) -> ToolResult {
        guard let tool = await tools().first(where: { $0.name == name }) else {
            throw ToolProtocolError(.unknownTool, server: "any")
        }
        return try await call(tool, arguments)
    }

    /// Ends sessions and processes.
    package func close() async {
        await withTaskGroup(of: Void.self) { group in
            for server in servers { group.addTask { await server.close() } }
        }
    }

    private func offered(by server: any ToolServer) async -> [OfferedTool] {
        do {
            return try await server.tools()
        } catch {
            logger.warning(
                "tools of a server are left out",
                metadata: ["server": "\(server.name)", "error": "\(error)"]
            )
            return []
        }
    }

    private static let longestName = 64

    private static func name(_ server: String, _ tool: String) -> String {
        let name = (server + "__" + tool).unicodeScalars.prefix(longestName).map { scalar -> Character in
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
            return isPlain || scalar == "-" ? Character(scalar) : "_"
        }
        return String(name)
    }

    /// The name, with a number where it is taken.
    private static func unused(_ name: String, among names: inout Set<String>) -> String {
        var candidate = name
        var number = 2
        while !names.insert(candidate).inserted {
            let ending = "_\(number)"
            candidate = name.prefix(longestName - ending.count) + ending
            number += 1
        }
        return candidate
    }
}
