import JSON

/// A conversation: a person with a bot, or a group.
package struct Chat: Sendable, Equatable {
    /// A private chat or a group, as the interface names them.
    package enum Kind: String, Sendable { case p2p, group }

    package let id: String
    package let kind: Kind
    package internal(set) var name: String
    var description = ""
    /// Open id of the group's owner; nil for a private chat.
    var ownerID: String?
    /// Open ids in the order of joining; of a private chat the one person.
    var members: [String] = []
    /// Ids of the apps whose bots take part.
    var bots: Set<String> = []
    /// Whether each message of the group opens a thread of its own.
    var opensThreads = false
    /// Whether replies may open threads at all (230071 if not).
    var allowsThreads = true
    var isDisbanded = false

    /// The chat as the chat page shows it.
    var view: JSONValue {
        [
            "chat_id": .string(id), "kind": .string(kind.rawValue), "name": .string(name),
            "description": .string(description), "owner": ownerID.map(JSONValue.string) ?? .null,
            "members": .array(members.map(JSONValue.string)), "bots": .array(bots.sorted().map(JSONValue.string)),
            "disbanded": .bool(isDisbanded), "group_message_type": opensThreads ? "thread" : "chat",
        ]
    }
}
