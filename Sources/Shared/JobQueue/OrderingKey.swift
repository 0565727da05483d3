/// What tasks have in common that must run one at a time and in the order they came: a conversation, an account.
///
/// Tasks of different keys run in parallel. Keys count within one queue.
public struct OrderingKey: Hashable, Sendable, CustomStringConvertible {
    /// The longest key, in bytes.
    public static let maximumBytes = 256

    public let rawValue: String

    /// Makes a key of any text: what could not stand in a Redis key or in JSON as it is, is written as `%` and two
    /// hexadecimal digits, and so is `%` itself.
    ///
    /// Nil for an empty text and for one that is longer than `maximumBytes` when written so.
    public init?(_ text: String) {
        if let plain = OrderingKey(wire: text), !text.utf8.contains(UInt8(ascii: "%")) {
            self = plain
            return
        }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x00...0x20, 0x7F, UInt8(ascii: "%"), UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "%"))
                bytes.append(Self.digit(byte >> 4))
                bytes.append(Self.digit(byte & 0xF))
            default: bytes.append(byte)
            }
        }
        guard (1...Self.maximumBytes).contains(bytes.count) else { return nil }
        rawValue = String(decoding: bytes, as: UTF8.self)
    }

    /// A key as a message holds it; nil for what no key can be.
    init?(wire text: String) {
        let isPlain = text.utf8.allSatisfy {
            $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard isPlain, (1...Self.maximumBytes).contains(text.utf8.count) else { return nil }
        rawValue = text
    }

    public var description: String { rawValue }

    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 55 + nibble }
}

/// What becomes of a task that would be handed out while another of its ordering key runs or waits for a retry.
public enum LanePolicy: String, Sendable, Hashable {
    /// It waits for its turn.
    case queue
    /// It takes the place of all that wait for their turn; those are dropped. One run follows the current one, with
    /// the latest arguments.
    case latest
    /// It is dropped.
    case drop
}
