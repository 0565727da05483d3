/// One reply of Redis, in the types of RESP2.
package enum RedisReply: Equatable, Sendable {
    /// A null bulk string or null array.
    case null
    case integer(Int64)
    /// A simple string such as `OK`.
    case status(String)
    /// A bulk string, which may be any bytes.
    case bytes([UInt8])
    case array([RedisReply])
    /// An error inside an array. A reply that is an error as a whole is thrown instead.
    case error(String)

    package var isNull: Bool { self == .null }

    /// The number, also where Redis sends it as text (as `HGET` does).
    package var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .bytes(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
        case .status(let text): Int64(text)
        case .null, .array, .error: nil
        }
    }

    /// The bytes of a bulk string; the array is shared, not copied.
    package var bytes: [UInt8]? {
        switch self {
        case .bytes(let bytes): bytes
        case .status(let text): Array(text.utf8)
        case .null, .integer, .array, .error: nil
        }
    }

    /// The text of a status or bulk string; invalid UTF-8 is repaired.
    package var string: String? {
        switch self {
        case .status(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .null, .integer, .array, .error: nil
        }
    }

    /// The elements of an array; shared, not copied.
    package var array: [RedisReply]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    /// The element at `index`, or nil when this is no array or a shorter one.
    package subscript(index: Int) -> RedisReply? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}
