/// Texts that stand in a Redis key and in a JSON string as they are, so that a script can cut them out of a message.
enum KeyText {
    /// The longest one, in bytes.
    static let maximumBytes = 256

    /// The text with everything that cannot stand so, and `%` itself, written as `%` and two hexadecimal digits.
    ///
    /// Nil for an empty text and for one that is longer than `maximumBytes` when written so.
    static func escaped(_ text: String) -> String? {
        if isPlain(text), !text.utf8.contains(UInt8(ascii: "%")) { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte), byte != UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(digit(byte >> 4))
                bytes.append(digit(byte & 0xF))
            }
        }
        guard (1...maximumBytes).contains(bytes.count) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Whether a text is of the right length and needs no escape.
    static func isPlain(_ text: String) -> Bool {
        (1...maximumBytes).contains(text.utf8.count) && text.utf8.allSatisfy(isPlain)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "{"), UInt8(ascii: "}"): false
        default: true
        }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 48 + nibble : 55 + nibble }
}
