package import JSON

/// What makes the assistant call a plugin.
package enum PluginTrigger: Sendable, Equatable {
    /// `/name` or `/alias` at the beginning of a message.
    case command(name: String, aliases: [String])
    /// A message in which one of these words occurs.
    case keyword(words: [String])
    /// A message that matches a regular expression, which is matched in bounded time.
    case pattern(String)
    /// An event of Feishu's of one of these types.
    case event(types: [String])
    /// A time, for chats.
    case schedule(name: String, cron: String, chatIDs: [String])
    /// A model that calls it.
    case tool(PluginTool)
}

/// A tool that a plugin offers to models.
package struct PluginTool: Sendable, Equatable {
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
