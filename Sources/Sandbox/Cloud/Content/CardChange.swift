import JSON

/// One change of a card entity, as a call of its own or within a batch (interface specification, section 6.3).
enum CardChange {
    case settings(JSONValue)
    case add([JSONValue], at: CardTree.Position, target: String?)
    case replace(String, with: JSONValue)
    case patch(String, with: JSONObject)
    case delete([String])

    /// An action of a batch; its parameters may be JSON or text that holds JSON. nil when something is missing.
    init?(action: String, params: JSONValue?) {
        guard let params else { return nil }
        let change: CardChange?
        switch action {
        case "partial_update_setting":
            change = Self.unwrapped(params["settings"]).map(CardChange.settings)
        case "add_elements":
            change = Self.adding(
                params["elements"],
                type: params["type"]?.string,
                target: params["target_element_id"]?.string
            )
        case "delete_elements":
            let ids = (params["element_ids"]?.array ?? []).compactMap(\.string)
            change = ids.isEmpty ? nil : .delete(ids)
        case "partial_update_element":
            change = Self.patching(params["element_id"]?.string, with: params["partial_element"])
        case "update_element":
            change = Self.replacing(params["element_id"]?.string, with: params["element"])
        default: change = nil
        }
        guard let change else { return nil }
        self = change
    }

    static func adding(_ elements: JSONValue?, type: String?, target: String?) -> CardChange? {
        guard let list = unwrapped(elements)?.array, !list.isEmpty,
            let position = CardTree.Position(rawValue: type ?? "append")
        else { return nil }
        return .add(list, at: position, target: target?.isEmpty == true ? nil : target)
    }

    static func replacing(_ id: String?, with element: JSONValue?) -> CardChange? {
        guard let id, let element = unwrapped(element), element.object != nil else { return nil }
        return .replace(id, with: element)
    }

    static func patching(_ id: String?, with element: JSONValue?) -> CardChange? {
        guard let id, let element = unwrapped(element)?.object else { return nil }
        return .patch(id, with: element)
    }

    private static func unwrapped(_ value: JSONValue?) -> JSONValue? {
        guard let text = value?.string else { return value }
        return try? JSONValue(parsing: text, maximumDepth: 64)
    }

    /// The card after the change; nil when an element is not there. Settings change no elements.
    func applied(to card: JSONValue) -> JSONValue? {
        switch self {
        case .settings: return card
        case .add(let elements, let position, let target):
            return CardTree.add(elements, at: position, of: target, in: card)
        case .replace(let id, let element):
            return CardTree.replace(id, in: card) { old in
                var object = element.object ?? [:]
                // The place keeps its name when the new element brings none.
                if object["element_id"] == nil { object["element_id"] = old["element_id"] }
                return [.object(object)]
            }
        case .patch(let id, let changes):
            return CardTree.replace(id, in: card) { old in
                var object = old.object ?? [:]
                for member in changes.members { object[member.key] = member.value }
                return [.object(object)]
            }
        case .delete(let ids):
            var card = card
            for id in ids {
                guard let next = CardTree.replace(id, in: card, { _ in [] }) else { return nil }
                card = next
            }
            return card
        }
    }
}
