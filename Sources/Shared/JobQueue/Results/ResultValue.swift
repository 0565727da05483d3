public import JSON

/// A value that came with a result, as JSON, to be decoded when somebody asks.
public struct ResultValue: Sendable, Hashable {
    /// The JSON text, in which Python's words for floats that JSON cannot hold may stand.
    let bytes: [UInt8]

    /// Whether it is null.
    public var isNull: Bool { bytes == Array("null".utf8) }

    /// Decodes it.
    ///
    /// A `JSONValue` fits everything, and keeps integers of any size. `Date`, `UUID`, `Decimal` and `Data` are read as
    /// Python's codec writes its own.
    ///
    /// - Throws: `DecodingError` or `JSONError` where it is of another type.
    public func decode<Value: Decodable>(as type: Value.Type = Value.self) throws -> Value {
        if let value = try (type == JSONValue.self ? json() : nil) as? Value { return value }
        if let none = NoOutput() as? Value { return none }
        return try CeleryJSON.decode(type, from: bytes)
    }

    /// The value as it is. What JSON and 64 bits cannot hold is a `.number`: `NaN`, `Infinity`, large integers.
    ///
    /// - Throws: `JSONError`, which only a value does that somebody sealed as something else.
    public func json() throws(JSONError) -> JSONValue { try CeleryJSON.parse(bytes) }
}
