/// Undoes percent-encoding (RFC 3986, section 2.1). What is not encoded rightly stands for itself, and what is no UTF-8 is
/// replaced.
enum PercentDecoding {
    /// A part of a path.
    static func text(_ text: some StringProtocol) -> String { decoded(text, plusIsBlank: false) }

    /// The parameters of a query, in their order.
    static func query(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return (decoded(name, plusIsBlank: true), decoded(pair.dropFirst(name.count + 1), plusIsBlank: true))
        }
    }

    private static func decoded(_ text: some StringProtocol, plusIsBlank: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = Substring(text).utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2, let high = digit(rest.first),
                let low = digit(rest.dropFirst().first)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsBlank && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8?) -> UInt8? {
        switch byte {
        case (0x30...0x39)?: byte.map { $0 - 0x30 }
        case (0x41...0x46)?: byte.map { $0 - 0x37 }
        case (0x61...0x66)?: byte.map { $0 - 0x57 }
        default: nil
        }
    }
}
