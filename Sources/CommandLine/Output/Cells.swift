import JSON
import JobQueue

extension String {
    var cell: JSONValue { .string(self) }
}

extension Optional<String> {
    var cell: JSONValue { map { .string($0) } ?? .null }
}

extension Optional<Int64> {
    var cell: JSONValue { map { .integer($0) } ?? .null }
}

extension Duration {
    /// In seconds, rounded down: -0.5 is -1.
    var cell: JSONValue { .integer((milliseconds - (milliseconds < 0 ? 999 : 0)) / 1000) }
}

extension Optional<Duration> {
    var cell: JSONValue { map { $0.cell } ?? .null }
}

extension JSONValue {
    /// A whole number without a fraction.
    static func number(_ value: Double) -> JSONValue { Int64(exactly: value).map { .integer($0) } ?? .double(value) }
}

extension QueuedMessage {
    /// The task's name, or in brackets why there is none.
    var taskCell: JSONValue { (task ?? problem.map { "(\($0))" }).cell }
}

extension JSONValue? {
    /// A time in milliseconds since 1970, as a date.
    var momentCell: JSONValue {
        self?.integer.map { .string(WireTime(milliseconds: $0).text) } ?? .null
    }
}
