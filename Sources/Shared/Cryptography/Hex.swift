/// Hexadecimal text (RFC 4648 §8).
package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    /// Two lower-case digits for each byte.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: encodedBytes(of: Array(bytes)), as: UTF8.self)
    }

    /// The same as ASCII bytes, for comparing without a String. Not generic, so that it is fast for other modules too.
    package static func encodedBytes(of bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: bytes.count * 2) { text, count in
            for byte in bytes {
                unsafe text[count] = digits[Int(byte >> 4)]
                unsafe text[count + 1] = digits[Int(byte & 0xF)]
                count += 2
            }
        }
    }

    /// The bytes behind digits of either case.
    ///
    /// - Throws: `.badEncoding` for an odd length or any other character.
    package static func decode(_ text: String) throws(CryptographyError) -> [UInt8] {
        let characters = Array(text.utf8)
        guard characters.count % 2 == 0 else { throw .badEncoding }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 2)
        for index in stride(from: 0, to: characters.count, by: 2) {
            bytes.append(try value(of: characters[index]) << 4 | value(of: characters[index + 1]))
        }
        return bytes
    }

    private static func value(of digit: UInt8) throws(CryptographyError) -> UInt8 {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): return digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): return digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): return digit - UInt8(ascii: "A") + 10
        default: throw .badEncoding
        }
    }
}
