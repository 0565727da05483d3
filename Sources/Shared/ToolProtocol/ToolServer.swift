package import JSON

/// Somebody who has tools: a server of the Model Context Protocol, or whatever else comes.
package protocol ToolServer: Sendable {
    /// Names the server in names of tools and in logs.
    var name: String { get }

    /// The tools that may be offered to a model. Throws where the server does not answer.
    func tools() async throws(ToolProtocolError) -> [OfferedTool]

    /// Calls one of them, under the name that `tools()` gave. What the tool itself complains of is a result, not an error.
    func call(_ name: String, _ arguments: JSONObject) async throws(ToolProtocolError) -> ToolResult

    /// Ends what was begun.
    func close() async
}

/// A tool as a server offers it.
package struct OfferedTool: Sendable, Equatable {
    package let name: String
    package let description: String
    /// JSON Schema of the arguments, an object.
    package let parameters: JSONObject
    /// Whether the person is asked before each call.
    package let isSensitive: Bool

    package init(name: String, description: String, parameters: JSONObject, isSensitive: Bool) {
        self.name = name
        self.description = description
        self.parameters = parameters
        self.isSensitive = isSensitive
    }
}
