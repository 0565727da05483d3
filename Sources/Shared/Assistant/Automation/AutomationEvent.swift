package import JSON

/// An event as rules see it.
package struct AutomationEvent: Sendable, Equatable {
    /// As Feishu delivered it, decrypted.
    package let json: JSONValue
    package let type: String
    /// What names it among all, by which a redelivery is known.
    package let id: String

    /// nil for what has no type or no id, of which nothing can be done once.
    package init?(_ json: JSONValue) {
        let header = json["header"]
        // Events of the first version have their type inside, and a uuid beside.
        guard let type = (header?["event_type"] ?? json["event"]?["type"])?.string, !type.isEmpty,
            let id = (header?["event_id"] ?? json["uuid"])?.string, !id.isEmpty
        else { return nil }
        self.json = json
        self.type = type
        self.id = id
    }

    /// The chat it is about, where it is about one.
    var chatID: String? {
        let places = [
            "/event/message/chat_id", "/event/chat_id", "/event/open_chat_id", "/event/chat/chat_id",
            "/event/context/open_chat_id",
        ]
        return places.lazy.compactMap { JSONPointer($0)?.value(in: json)?.string }.first { !$0.isEmpty }
    }
}

extension JSONValue {
    /// As people read it: a text as it is, the rest as JSON; null is nothing.
    var readable: String { isNull ? "" : string ?? text }
}

extension Rule.Condition {
    func holds(of event: JSONValue) -> Bool {
        guard let value = pointer.value(in: event) else { return false }
        switch test {
        case .exists: return !value.isNull
        case .equals(let text): return value.readable == text
        case .contains(let text):
            let wanted = text.lowercased()
            if let array = value.array { return array.contains { $0.readable.lowercased().contains(wanted) } }
            return value.readable.lowercased().contains(wanted)
        }
    }
}
