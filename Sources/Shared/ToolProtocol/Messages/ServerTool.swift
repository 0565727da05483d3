import JSON

/// A tool as its server lists it (Model Context Protocol, "Tools").
struct ServerTool: Equatable, Sendable {
    /// The most tools that are taken from one server.
    static let mostTools = 256
    private static let longestDescription = 4_000
    private static let largestSchema = 64 << 10

    let name: String
    let description: String
    /// JSON Schema of the arguments, an object.
    let schema: JSONObject
    /// Whether the server says that it destroys things. What a server says of its tools is a hint: it can make us more
    /// careful and never less.
    let isDestructive: Bool

    /// Nil for what is no tool, or one that is too large to be offered to a model.
    init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, !name.isEmpty, name.utf8.count <= 256 else { return nil }
        let schema = value["inputSchema"]?.object ?? ["type": "object"]
        guard JSONValue.object(schema).bytes.count <= Self.largestSchema else { return nil }
        self.name = name
        let description = value["description"]?.string ?? value["title"]?.string ?? ""
        self.description = String(description.prefix(Self.longestDescription))
        self.schema = schema
        isDestructive = value["annotations"]?["destructiveHint"]?.bool == true
    }
}
