import JSON

/// Finds and changes the elements of a card by their `element_id`.
enum CardTree {
    /// Where added elements go.
    enum Position: String { case append, before = "insert_before", after = "insert_after" }

    /// The element of this id, wherever it is.
    static func find(_ id: String, in card: JSONValue) -> JSONValue? {
        guard let body = card["body"] else { return nil }
        return search(id, in: body)
    }

    /// The card with this element replaced by `body`'s result (several, or none); nil when it is not there.
    static func replace(_ id: String, in card: JSONValue, _ body: (JSONValue) -> [JSONValue]) -> JSONValue? {
        guard var object = card.object, let old = object["body"] else { return nil }
        var found = false
        object["body"] = rebuilt(old, id: id, found: &found, body)
        return found ? .object(object) : nil
    }

    /// The card with elements added; nil when the target is not there. Without one, they are appended to the body.
    static func add(
        _ elements: [JSONValue],
        at position: Position,
        of target: String?,
        in card: JSONValue
    ) -> JSONValue? {
        guard let target else {
            guard position == .append, var object = card.object, var body = object["body"]?.object else { return nil }
            body["elements"] = .array((body["elements"]?.array ?? []) + elements)
            object["body"] = .object(body)
            return .object(object)
        }
        return replace(target, in: card) { element in
            switch position {
            case .before: return elements + [element]
            case .after: return [element] + elements
            case .append:
                guard var container = element.object else { return [element] }
                container["elements"] = .array((container["elements"]?.array ?? []) + elements)
                return [.object(container)]
            }
        }
    }

    /// The components people act on, in the order of the card, each with the form around it.
    static func interactive(in card: JSONValue) -> [(component: JSONValue, form: JSONValue?)] {
        var found: [(JSONValue, JSONValue?)] = []
        func walk(_ value: JSONValue, form: JSONValue?) {
            if let elements = value.array {
                for element in elements { walk(element, form: form) }
                return
            }
            guard let tag = value["tag"]?.string else { return }
            if CardProperties.interactive.contains(tag) || tag == "interactive_container" {
                found.append((value, form))
            }
            for key in ["elements", "columns", "actions"] {
                if let children = value[key] { walk(children, form: tag == "form" ? value : form) }
            }
        }
        walk(card["body"]?["elements"] ?? card["elements"] ?? [], form: nil)
        return found
    }

    private static func search(_ id: String, in value: JSONValue) -> JSONValue? {
        switch value {
        case .array(let values):
            for value in values { if let found = search(id, in: value) { return found } }
        case .object(let object):
            if object["element_id"]?.string == id { return value }
            for member in object.members { if let found = search(id, in: member.value) { return found } }
        default: break
        }
        return nil
    }

    private static func rebuilt(
        _ value: JSONValue,
        id: String,
        found: inout Bool,
        _ body: (JSONValue) -> [JSONValue]
    ) -> JSONValue {
        if found { return value }
        switch value {
        case .array(let values):
            var result: [JSONValue] = []
            result.reserveCapacity(values.count)
            for value in values {
                if !found, value["element_id"]?.string == id {
                    found = true
                    result += body(value)
                } else {
                    result.append(rebuilt(value, id: id, found: &found, body))
                }
            }
            return .array(result)
        case .object(var object):
            for member in object.members where !found {
                if member.value["element_id"]?.string == id {
                    found = true
                    object[member.key] = body(member.value).first
                } else {
                    object[member.key] = rebuilt(member.value, id: id, found: &found, body)
                }
            }
            return .object(object)
        default: return value
        }
    }
}
