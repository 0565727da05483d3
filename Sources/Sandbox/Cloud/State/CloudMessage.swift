import JSON

/// A mention inside a message, as the interface answers it (in events its `id` is an object).
struct Mention: Sendable, Equatable {
    let key: String
    let id: String
    let name: String
}

/// Somebody's reaction to a message.
struct Reaction: Sendable, Equatable {
    let id: String
    let emoji: String
    let at: Int64
}

/// One message as the cloud keeps it.
struct CloudMessage: Sendable {
    enum Sender: Sendable, Equatable {
        case app
        case person(Person)
    }

    let id: String
    /// The chat as it was when the message was sent.
    let chat: Chat
    var rootID: String?
    var parentID: String?
    var threadID: String?
    let sender: Sender
    let type: String
    /// What was sent, word for word.
    var original: String
    /// What reading the message gives: mentions as keys, a post without its locale, a card simplified.
    var content: String
    var mentions: [Mention] = []
    let created: Int64
    var updated: Int64
    var edits = 0
    var isRecalled = false
    var reactions: [Reaction] = []

    var chatID: String { chat.id }

    static let recalledContent = "This message was recalled"

    var byteCount: Int { original.utf8.count + content.utf8.count + 256 }

    /// The message as the interface answers it.
    func resource(appID: String, tenantKey: String) -> JSONValue {
        var sender: JSONObject = [:]
        switch self.sender {
        case .app: sender = ["id": .string(appID), "id_type": "app_id", "sender_type": "app"]
        case .person(let person):
            sender = ["id": .string(person.openID), "id_type": "open_id", "sender_type": "user"]
        }
        sender["tenant_key"] = .string(tenantKey)
        var object: JSONObject = [
            "message_id": .string(id),
            "msg_type": .string(type),
            "create_time": .string(String(created)),
            "update_time": .string(String(updated)),
            "deleted": .bool(isRecalled),
            "updated": .bool(edits > 0),
            "chat_id": .string(chatID),
            "sender": .object(sender),
            "body": ["content": .string(isRecalled ? Self.recalledContent : content)],
        ]
        object["root_id"] = rootID.map(JSONValue.string)
        object["parent_id"] = parentID.map(JSONValue.string)
        object["thread_id"] = threadID.map(JSONValue.string)
        if !mentions.isEmpty, !isRecalled {
            object["mentions"] = .array(
                mentions.map {
                    [
                        "key": .string($0.key), "id": .string($0.id), "id_type": "open_id", "name": .string($0.name),
                        "tenant_key": .string(tenantKey),
                    ]
                }
            )
        }
        return .object(object)
    }

    /// The message as the chat page shows it.
    func view(appName: String) -> JSONValue {
        let name: String
        switch sender {
        case .app: name = appName
        case .person(let person): name = person.name
        }
        var object: JSONObject = [
            "message_id": .string(id),
            "chat": [
                "chat_id": .string(chatID), "kind": .string(chat.kind.rawValue), "name": .string(chat.name),
            ],
            "from_bot": .bool(sender == .app),
            "name": .string(name),
            "type": .string(type),
            "content": .string(isRecalled ? "" : original),
            "created": .integer(created),
            "updated": .integer(updated),
            "edited": .bool(edits > 0),
            "recalled": .bool(isRecalled),
            "reactions": .array(reactions.map { .string($0.emoji) }),
        ]
        if type == "text", !isRecalled { object["content"] = .string(content) }
        object["parent_id"] = parentID.map(JSONValue.string)
        if !mentions.isEmpty {
            object["mentions"] = .array(mentions.map { ["key": .string($0.key), "name": .string($0.name)] })
        }
        return .object(object)
    }
}
