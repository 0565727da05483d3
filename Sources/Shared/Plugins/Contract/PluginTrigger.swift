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
