package import JSON

/// Something that a model may ask to have called.
package struct ChatTool: Sendable, Equatable {
    /// `[A-Za-z0-9_-]`, at most 64, as the chat-completions API has it.
    package var name: String
    /// Tells the model what it does and when to want it.
    package var description: String
    /// JSON Schema of the arguments, an object.
    package var parameters: JSONObject

    package init(name: String, description: String, parameters: JSONObject) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// What a model asks to have called.
///
/// Whatever stands in it was written by the model: the name may be of no tool, and the arguments may not fit its schema.
package struct ToolCall: Sendable, Equatable, Codable {
    /// Ties the result to the call.
    package let id: String
    package let name: String
    /// Known to be a JSON object, and no more.
    package let arguments: JSONObject

    package init(id: String, name: String, arguments: JSONObject) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    private enum CodingKeys: String, CodingKey { case id, name, arguments }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        name = try container.decode(String.self, forKey: .name)
        // As text, since exact numbers survive no other way.
        let text = try container.decode(String.self, forKey: .arguments)
        guard let arguments = try? JSONValue(parsing: text).object else {
            throw DecodingError.dataCorruptedError(forKey: .arguments, in: container, debugDescription: "no object")
        }
        self.arguments = arguments
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(name, forKey: .name)
        try container.encode(JSONValue.object(arguments).text, forKey: .arguments)
    }
}
