package import JSON

/// The JSON of arguments and results, as Celery's clients and workers read and write it (kombu.utils.json).
///
/// JSON has no dates, UUIDs, decimals and bytes, and Python wraps those; `Date`, `UUID`, `Decimal`, `Data` and, read
/// only, `[UInt8]` are written and read as these. Integers of any size are exact where the type can hold them, and `NaN`,
/// `Infinity` and `-Infinity` stand as bare words. A type that cannot hold what came fails by itself.
package enum CeleryJSON {
    /// The JSON text of a typed value.
    ///
    /// - Throws: `EncodingError` for a value that Python would take for something else, and what the type throws.
    package static func encode<T: Encodable>(_ value: T) throws -> [UInt8] { try self.value(of: value).bytes }

    /// A typed value as a JSON value, for what is made of several, such as a signature.
    ///
    /// - Throws: As ``encode(_:)``.
    package static func value<T: Encodable>(of value: T) throws -> JSONValue { try JSONTreeEncoder.value(of: value) }

    /// The typed value of a JSON text that is this part of `bytes`.
    ///
    /// - Throws: `DecodingError`, and what the type throws.
    package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8], in range: Range<Int>) throws -> T {
        try JSONTape.decode(type, from: bytes, in: range, allowsNonFinite: true)
    }

    /// The typed value of a JSON text.
    ///
    /// - Throws: As the other.
    package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        try decode(type, from: bytes, in: bytes.indices)
    }

    /// The JSON value of a text.
    ///
    /// - Throws: `JSONError` where it is none.
    package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try JSONValue(parsing: bytes, allowsNonFinite: true)
    }
}
