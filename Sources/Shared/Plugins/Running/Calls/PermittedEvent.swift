import JSON

/// Decides what of an event of Feishu's a plugin sees: the parts that its permissions name, as of messages.
///
/// Events have hundreds of forms, and new ones come. So nothing is seen because it is unknown: what is no person, no chat
/// and no mention takes `message.text`. People and chats are known by the names of members and, wherever they stand, by
/// their ids (`ou_…`, `on_…`, `oc_…`).
struct PermittedEvent {
    /// Members that tell of people, whatever their value.
    private static let people: Set = [
        "operator", "operator_id", "operator_name", "sender", "sender_id", "user", "user_id", "user_name", "user_ids",
        "users", "open_id", "open_ids", "union_id", "employee_id", "employee_no", "email", "mobile", "avatar",
        "owner", "owner_id", "host_user", "subscriber_ids", "assigned_user", "start_user",
    ]
    /// Members by which an object is known to be a person, so that the name beside them is a person's.
    private static let identities: Set = [
        "open_id", "union_id", "user_id", "operator_id", "sender_id", "employee_id", "employee_no",
    ]
    private static let chats: Set = [
        "chat", "chat_id", "chat_ids", "open_chat_id", "chat_type", "thread_id", "open_thread_id",
    ]
    /// What lets its owner act on a card. No permission gives it.
    private static let never: Set = ["token"]

    let permitted: Set<PluginPermission>

    /// - Parameter event: What stands under `event`, as Feishu sent it.
    /// - Returns: The same without what may not be seen; what is empty then is gone, too.
    func body(_ event: JSONObject) -> JSONObject { members(of: event, as: .messageText) }

    private func members(of object: JSONObject, as part: PluginPermission) -> JSONObject {
        var seen = JSONObject()
        for member in object.members where !Self.never.contains(member.key) {
            seen[member.key] = value(member.value, as: Self.part(of: member.key, in: part))
        }
        return seen
    }

    /// Nil where nothing of it may be seen; said in words, as the literal would be JSON's null.
    private func value(_ value: JSONValue, as part: PluginPermission) -> JSONValue? {
        switch value {
        case .object(let object) where !object.isEmpty:
            let isPerson = part == .messageText && object.members.contains { Self.identities.contains($0.key) }
            let seen = members(of: object, as: isPerson ? .messageSender : part)
            return seen.isEmpty ? .none : .some(.object(seen))
        case .array(let values) where !values.isEmpty:
            let seen = values.compactMap { self.value($0, as: part) }
            return seen.isEmpty ? .none : .some(.array(seen))
        case .string(let text):
            if let inner = Self.json(in: text) { return self.value(inner, as: part).map { .string($0.text) } }
            return permitted.contains(Self.part(ofText: text, in: part)) ? .some(value) : .none
        case .null, .bool, .integer, .double, .number, .object, .array:
            return permitted.contains(part) ? .some(value) : .none
        }
    }

    /// Whoever is mentioned is one of the mentions, and no sender.
    private static func part(of name: String, in part: PluginPermission) -> PluginPermission {
        if name == "mentions" { return .messageMentions }
        if chats.contains(name) { return .messageChat }
        return people.contains(name) && part != .messageMentions ? .messageSender : part
    }

    private static func part(ofText text: String, in part: PluginPermission) -> PluginPermission {
        if text.hasPrefix("oc_") { return .messageChat }
        let isPerson = text.hasPrefix("ou_") || text.hasPrefix("on_")
        return isPerson && part != .messageMentions ? .messageSender : part
    }

    /// Feishu writes what a message says as JSON in a text.
    private static func json(in text: String) -> JSONValue? {
        guard text.hasPrefix("{") || text.hasPrefix("[") else { return nil }
        return try? JSONValue(parsing: text)
    }
}
