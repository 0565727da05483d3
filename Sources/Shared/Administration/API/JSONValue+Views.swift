import JSON
import JobQueue

extension String? {
    /// A text, or null.
    var json: JSONValue { map { .string($0) } ?? .null }
}

extension JSONValue {
    /// A whole number however it is written: also 60.0 and 6e1, which JSON Schema calls integers.
    var wholeNumber: Int64? { integer ?? double.flatMap { Int64(exactly: $0) } }
}

extension Duration {
    /// In seconds, with a fraction.
    var json: JSONValue { .double(Double(milliseconds) / 1_000) }
}

extension Duration? {
    /// In seconds, with a fraction, or null.
    var json: JSONValue { map { $0.json } ?? .null }
}

extension Int? {
    /// A whole number, or null.
    var json: JSONValue { map { .integer(Int64($0)) } ?? .null }
}
