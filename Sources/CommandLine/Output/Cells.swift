import JSON
import JobQueue

extension String {
    var cell: JSONValue { .string(self) }
}

extension [String] {
    /// As the API takes lists in a query; nil for an empty one.
    var commaList: String? { isEmpty ? nil : joined(separator: ",") }
}

extension Optional<String> {
    var cell: JSONValue { map { .string($0) } ?? .null }
}

extension Optional<Int64> {
    var cell: JSONValue { map { .integer($0) } ?? .null }
}

extension JSONValue {
    /// A whole number without a fraction.
    static func number(_ value: Double) -> JSONValue { Int64(exactly: value).map { .integer($0) } ?? .double(value) }
}

extension JSONValue {
    /// The object with other values of some members.
    func with(_ members: JSONObject) -> JSONValue {
        guard case .object(var object) = self else { return self }
        for member in members.members { object[member.key] = member.value }
        return .object(object)
    }

    /// Of a message as the API shows it: the task's name, or in brackets why there is none.
    var taskCell: JSONValue {
        (self["task"]?.string ?? self["problem"]?.string.map { "(\($0))" }).cell
    }
}

extension JSONValue? {
    /// Seconds, rounded down to whole ones: -0.5 is -1.
    var secondsCell: JSONValue {
        self?.double.flatMap { Int64(exactly: $0.rounded(.down)) }.map { .integer($0) } ?? .null
    }

    /// A number, without a fraction where it has none.
    var numberCell: JSONValue { self?.double.map { .number($0) } ?? .null }

    /// A time in milliseconds since 1970, as a date.
    var momentCell: JSONValue {
        self?.integer.map { .string(WireTime(milliseconds: $0).text) } ?? .null
    }
}
