import JSON

/// Values as problems tell them: short.
enum SchemaQuote {
    private static let maximumLength = 60

    /// A value to follow the word "not"; lists and objects only by their kind.
    static func words(_ value: JSONValue) -> String {
        switch value {
        case .array: SchemaType.array.words
        case .object: SchemaType.object.words
        case .string(let text): quoted(text)
        default: cut(value.text)
        }
    }

    /// Values of which one is expected, as many as fit.
    static func list(_ values: [JSONValue]) -> String {
        guard values.count != 1 else { return words(values[0]) }
        var list = ""
        for value in values {
            let next = (list.isEmpty ? "" : ", ") + words(value)
            guard list.unicodeScalars.count + next.unicodeScalars.count <= maximumLength else {
                list += ", …"
                break
            }
            list += next
        }
        return "one of \(list)"
    }

    static func cut(_ text: String) -> String {
        // One longer than it may be tells that it is.
        let start = text.unicodeScalars.prefix(maximumLength + 1)
        guard start.count > maximumLength else { return text }
        return String(String.UnicodeScalarView(start.prefix(maximumLength - 1))) + "…"
    }

    /// Text with its quotation marks, escapes for control characters among them.
    private static func quoted(_ text: String) -> String {
        cut(JSONValue.string(String(String.UnicodeScalarView(text.unicodeScalars.prefix(maximumLength + 1)))).text)
    }
}
