/// A place in a JSON document (RFC 6901).
package struct JSONPointer: Sendable, Hashable, CustomStringConvertible {
    /// Names of members and indexes of elements, from the outside in; none is the document itself.
    package var tokens: [String]

    package init(_ tokens: [String] = []) { self.tokens = tokens }

    /// Nil for a text that is no pointer, such as one that begins with something but `/`.
    package init?(_ text: String) {
        guard text.isEmpty || text.utf8.first == UInt8(ascii: "/") else { return nil }
        tokens = []
        for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard let token = Self.unescaped(part) else { return nil }
            tokens.append(token)
        }
    }

    package var description: String { tokens.reduce(into: "") { $0 += "/" + Self.escaped($1) } }

    /// The place of a member or an element of what is here.
    package func appending(_ token: String) -> JSONPointer { JSONPointer(tokens + [token]) }

    /// What is there; nil where the document has no such place.
    package func value(in document: JSONValue) -> JSONValue? {
        var value: JSONValue? = document
        for token in tokens { value = value?.child(token) }
        return value
    }

    private static func escaped(_ token: String) -> String {
        guard token.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return token }
        return token.unicodeScalars.reduce(into: "") { text, scalar in
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func unescaped(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "~")) else { return String(text) }
        var token = String.UnicodeScalarView()
        var rest = text.unicodeScalars
        while let scalar = rest.popFirst() {
            guard scalar == "~" else {
                token.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "0": token.append("~")
            case "1": token.append("/")
            default: return nil
            }
        }
        return String(token)
    }
}

extension JSONValue {
    /// The member or the element that a token of a pointer names.
    package func child(_ token: String) -> JSONValue? {
        switch self {
        case .object(let object): return object[token]
        case .array(let values):
            // The one way to write an index: no sign, no zero before it.
            guard let index = Int(token), String(index) == token, values.indices.contains(index) else { return nil }
            return values[index]
        default: return nil
        }
    }
}
