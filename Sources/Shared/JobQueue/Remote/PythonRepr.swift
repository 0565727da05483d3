import JSON

/// Writes JSON values as Python's `repr` does, which is what monitors show of arguments and results: never more than a
/// bound, and cut off with `...` over it (celery.utils.saferepr).
struct PythonRepr {
    /// Celery's `resultrepr_maxsize`.
    static let maximumLength = 1024

    private var text = ""
    private let maximum: Int
    private var count = 0

    private init(_ maximum: Int) { self.maximum = maximum }

    /// The value, with at most so many characters, not counting the `...`.
    static func of(_ value: JSONValue, maximum: Int = maximumLength) -> String {
        var writer = PythonRepr(maximum)
        writer.write(value)
        return writer.isFull ? writer.text + "..." : writer.text
    }

    /// Positional arguments: a tuple.
    static func ofTuple(_ values: [JSONValue], maximum: Int = maximumLength) -> String {
        var writer = PythonRepr(maximum)
        writer.list(values, "(", values.count == 1 ? ",)" : ")")
        return writer.isFull ? writer.text + "..." : writer.text
    }

    /// A set of texts.
    static func ofSet(_ values: [String], maximum: Int = .max) -> String {
        guard !values.isEmpty else { return "set()" }
        var writer = PythonRepr(maximum)
        writer.list(values.map { .string($0) }, "{", "}")
        return writer.isFull ? writer.text + "..." : writer.text
    }

    /// An exception of this class with one text, such as `ValueError('boom')`.
    static func ofException(_ type: String, _ message: String, maximum: Int = maximumLength) -> String {
        "\(type)(\(of(.string(message), maximum: maximum)))"
    }

    private var isFull: Bool { count > maximum }

    private mutating func append(_ piece: String) {
        guard !isFull else { return }
        for character in piece {
            count += 1
            if isFull { return }
            text.append(character)
        }
    }

    private mutating func write(_ value: JSONValue) {
        guard !isFull else { return }
        switch value {
        case .null: append("None")
        case .bool(let value): append(value ? "True" : "False")
        case .integer(let value): append(String(value))
        case .double(let value): append("\(value)")
        case .number(let text): append(text)
        case .string(let value): quoted(value)
        case .array(let values): list(values, "[", "]")
        case .object(let object):
            append("{")
            for (index, member) in object.members.enumerated() {
                if isFull { return }
                if index > 0 { append(", ") }
                quoted(member.key)
                append(": ")
                write(member.value)
            }
            append("}")
        }
    }

    private mutating func list(_ values: [JSONValue], _ opening: String, _ closing: String) {
        append(opening)
        for (index, value) in values.enumerated() {
            if isFull { return }
            if index > 0 { append(", ") }
            write(value)
        }
        append(closing)
    }

    /// Double quotes only where the text has single ones and no double ones.
    private mutating func quoted(_ value: String) {
        let quote: Unicode.Scalar = value.contains("'") && !value.contains("\"") ? "\"" : "'"
        append(String(Character(quote)))
        for scalar in value.unicodeScalars {
            if isFull { return }
            switch scalar {
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\\": append("\\\\")
            case quote: append("\\\(quote)")
            case _ where scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                append("\\x" + (digits.count < 2 ? "0" : "") + digits)
            default:
                count += 1
                if !isFull { text.unicodeScalars.append(scalar) }
            }
        }
        append(String(Character(quote)))
    }
}
