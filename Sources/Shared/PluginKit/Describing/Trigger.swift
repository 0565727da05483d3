public import JSON

/// When a plugin is called.
public enum Trigger: Sendable, Hashable {
    /// By `/name` at the beginning of a message, or one of the other words.
    case command(String, aliases: [String] = [])
    /// By a message that has one of the words.
    case keyword([String])
    /// By a message that a regular expression fits; its groups are ``Message/Cause/matches``.
    case pattern(String)
    /// By events of Feishu of these types, such as `im.chat.member.user.added_v1`.
    case event([String])
    /// At times, in these chats: five fields of cron.
    case schedule(name: String, cron: String, chatIDs: [String] = [])
    /// By a model, with arguments that fit the JSON Schema.
    case tool(name: String, description: String, parameters: JSONValue = ["type": "object"], isSensitive: Bool = false)

    /// As the manifest has it.
    var document: JSONValue {
        switch self {
        case .command(let name, let aliases):
            ["type": "command", "name": .string(name), "aliases": .array(aliases.map { .string($0) })]
        case .keyword(let words):
            ["type": "keyword", "words": .array(words.map { .string($0) })]
        case .pattern(let pattern):
            ["type": "pattern", "pattern": .string(pattern)]
        case .event(let types):
            ["type": "event", "event_types": .array(types.map { .string($0) })]
        case .schedule(let name, let cron, let chatIDs):
            [
                "type": "schedule", "name": .string(name), "cron": .string(cron),
                "chat_ids": .array(chatIDs.map { .string($0) }),
            ]
        case .tool(let name, let description, let parameters, let isSensitive):
            [
                "type": "tool", "name": .string(name), "description": .string(description), "parameters": parameters,
                "sensitive": .bool(isSensitive),
            ]
        }
    }

    /// What must not be empty, by the name of its member.
    var needed: [(member: String, isThere: Bool)] {
        switch self {
        case .command(let name, _): [("name", !name.isEmpty)]
        case .keyword(let words): [("words", !words.isEmpty)]
        case .pattern(let pattern): [("pattern", !pattern.isEmpty)]
        case .event(let types): [("event_types", !types.isEmpty)]
        case .schedule(let name, let cron, _): [("name", !name.isEmpty), ("cron", !cron.isEmpty)]
        case .tool(let name, let description, let parameters, _):
            [
                ("name", !name.isEmpty), ("description", !description.isEmpty),
                ("parameters", parameters.object != nil),
            ]
        }
    }
}
