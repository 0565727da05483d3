import JSON

/// A mention inside a message, as the interface answers it (in events its `id` is an object).
struct Mention: Sendable, Equatable {
    let key: String
    let id: String
    let name: String
}

/// Who wrote a message or added a reaction.
enum Actor: Sendable, Equatable {
    case app(String)
    case person(Person)

    var isApp: Bool { if case .app = self { true } else { false } }
}

/// Somebody's reaction to a message.
struct Reaction: Sendable, Equatable {
    let id: String
    let emoji: String
    let at: Int64
    let by: Actor
}

/// One message as the cloud keeps it.
struct CloudMessage: Sendable {
    let id: String
    let chatID: String
    var rootID: String?
    var parentID: String?
    var threadID: String?
    let sender: Actor
    let type: String
    /// What was sent, word for word; of a card entity, nothing: its card is kept with the entity.
    var original: String
    /// What reading the message gives: mentions as keys, a post without its locale, a card simplified.
    var content: String
    var mentions: [Mention] = []
    let created: Int64
    var updated: Int64
    var edits = 0
    var isRecalled = false
    var reactions: [Reaction] = []
    /// The card entity it shows.
    var cardID: String?
    /// Clicks of people on its card that are being worked on.
    var clicks = 0
    /// The messages a merged forward is made of, with ids of their own.
    var children: [CloudMessage] = []
    /// The merged forward it is part of.
    var upperID: String?

    static let recalledContent = "This message was recalled"

    var byteCount: Int { children.reduce(original.utf8.count + content.utf8.count + 256) { $0 + $1.byteCount } }

    /// The message as the interface answers it.
    func resource(tenantKey: String) -> JSONValue {
        var sender: JSONObject = [:]
        switch self.sender {
        case .app(let id): sender = ["id": .string(id), "id_type": "app_id", "sender_type": "app"]
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
            "body": ["content": .string(readContent)],
        ]
        object["root_id"] = rootID.map(JSONValue.string)
        object["parent_id"] = parentID.map(JSONValue.string)
        object["thread_id"] = threadID.map(JSONValue.string)
        object["upper_message_id"] = upperID.map(JSONValue.string)
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

    private var readContent: String {
        if isRecalled { return Self.recalledContent }
        // Read back, a merged forward is no JSON; in its event it is.
        return type == "merge_forward" ? "Merged and Forwarded Message" : content
    }
}

extension CloudMessage {
    /// A copy of a message inside a merged forward, with an id of its own.
    init(forwarding message: CloudMessage, in upperID: String) {
        self.init(
            id: Identifier.message(),
            chatID: message.chatID,
            sender: message.sender,
            type: message.type,
            original: message.original,
            content: message.content,
            mentions: message.mentions,
            created: message.created,
            updated: message.updated
        )
        self.upperID = upperID
    }
}
