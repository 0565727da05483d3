import Patterns

/// A pattern for node names, as requests of remote control name the workers that they are for (kombu.matcher).
///
/// It comes from whoever can publish, so it is matched in bounded time.
struct NodePattern: Sendable {
    /// The longest pattern, in Unicode scalars.
    static let maximumLength = 512

    private let pattern: Pattern
    private let extent: PatternExtent

    /// Nil where this is no pattern, or one of another kind than `glob` and `pcre`, in kombu's words.
    init?(_ text: String, matcher: String) {
        guard text.unicodeScalars.count <= Self.maximumLength else { return nil }
        let expression: String
        switch matcher {
        case "glob": (expression, extent) = (Self.expression(ofGlob: Array(text.unicodeScalars)), .whole)
        case "pcre": (expression, extent) = (text, .beginning)
        default: return nil
        }
        guard let pattern = try? Pattern(expression) else { return nil }
        self.pattern = pattern
    }

    func matches(_ name: String) -> Bool { pattern.matches(name, extent) }

    /// The regular expression for one of the shell's style (Python's `fnmatch`): `*`, `?`, `[seq]`, `[!seq]`.
    private static func expression(ofGlob text: [Unicode.Scalar]) -> String {
        var expression = ""
        var index = 0
        while index < text.count {
            defer { index += 1 }
            switch text[index] {
            case "*": expression += ".*"
            case "?": expression += "."
            case "[":
                let isInverted = index + 1 < text.count && text[index + 1] == "!"
                let first = index + (isInverted ? 2 : 1)
                // A bracket that stands first is one of the characters.
                guard first < text.count, let close = text[(first + 1)...].firstIndex(of: "]") else {
                    expression += "\\["
                    continue
                }
                let members = members(text[first..<close])
                // Brackets with nothing in them would mean something else.
                if members.isEmpty {
                    expression += isInverted ? "." : "[^\\s\\S]"
                } else {
                    expression += (isInverted ? "[^" : "[") + members + "]"
                }
                index = close
            case let scalar: expression += literal(scalar)
            }
        }
        return expression
    }

    /// What stands between brackets; a range that goes backwards holds nothing.
    private static func members(_ text: ArraySlice<Unicode.Scalar>) -> String {
        var members = ""
        var rest = text
        while let scalar = rest.popFirst() {
            if rest.count >= 2, rest.first == "-" {
                let last = rest[rest.startIndex + 1]
                if scalar <= last { members += literal(scalar) + "-" + literal(last) }
                rest = rest.dropFirst(2)
            } else {
                members += literal(scalar)
            }
        }
        return members
    }

    private static func literal(_ scalar: Unicode.Scalar) -> String {
        let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        return isPlain ? String(Character(scalar)) : "\\" + String(Character(scalar))
    }
}
