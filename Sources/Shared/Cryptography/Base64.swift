/// Base64 with the standard alphabet and padding (RFC 4648 §4).
///
/// Written here because OpenSSL's `EVP_DecodeBlock` skips white space and hides the length of the padding.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    /// What `values` holds for a byte outside the alphabet. No valid value has this bit.
    private static let invalid: UInt8 = 0x80

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// The text for `bytes`, padded to a multiple of four characters.
    package static func encode(_ bytes: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var group: UInt32 = 0
        var held = 0
        for byte in bytes {
            group = group << 8 | UInt32(byte)
            held += 1
            guard held == 3 else { continue }
            text.append(character(group >> 18))
            text.append(character(group >> 12))
            text.append(character(group >> 6))
            text.append(character(group))
            (group, held) = (0, 0)
        }
        if held == 1 {
            text += [character(group >> 2), character(group << 4), padding, padding]
        } else if held == 2 {
            text += [character(group >> 10), character(group >> 4), character(group << 2), padding]
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func character(_ bits: UInt32) -> UInt8 { alphabet[Int(bits & 0x3F)] }

    /// The bytes behind `text`.
    ///
    /// - Throws: `.badEncoding` for white space, missing padding, stray bits behind the last byte, and any
    ///   character outside the alphabet.
    package static func decode(_ text: Span<UInt8>) throws(CryptographyError) -> [UInt8] {
        guard text.count % 4 == 0, let bytes = unsafe text.withUnsafeBufferPointer({ unsafe decode(contiguous: $0) })
        else {
            throw .badEncoding
        }
        return bytes
    }

    /// The bytes behind `text`.
    ///
    /// - Throws: `.badEncoding`, as above.
    package static func decode(_ text: some Collection<UInt8>) throws(CryptographyError) -> [UInt8] {
        try withContiguousBytes(of: text) { text throws(CryptographyError) in try decode(text) }
    }

    /// The bytes behind `text`.
    ///
    /// - Throws: `.badEncoding`, as for bytes.
    package static func decode(_ text: String) throws(CryptographyError) -> [UInt8] { try decode(text.utf8) }

    /// Decodes whole groups of four characters; nil if one is not in the alphabet.
    private static func decode(contiguous text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        let padded = unsafe text[text.count - 1] != padding ? 0 : text[text.count - 2] != padding ? 1 : 2
        let wholeGroups = padded == 0 ? text.count : text.count - 4
        var seen: UInt8 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { output, count in
            unsafe values.withUnsafeBufferPointer { values in
                var index = 0
                while index < wholeGroups {
                    let a = unsafe values[Int(text[index])]
                    let b = unsafe values[Int(text[index + 1])]
                    let c = unsafe values[Int(text[index + 2])]
                    let d = unsafe values[Int(text[index + 3])]
                    seen |= a | b | c | d
                    unsafe output[count] = a << 2 | b >> 4
                    unsafe output[count + 1] = b << 4 | c >> 2
                    unsafe output[count + 2] = c << 6 | d
                    index += 4
                    count += 3
                }
                guard padded > 0 else { return }
                let a = unsafe values[Int(text[index])]
                let b = unsafe values[Int(text[index + 1])]
                let c = unsafe padded == 1 ? values[Int(text[index + 2])] : 0
                // The bits behind the last byte have to be zero, or one value would have several texts.
                let stray = padded == 1 ? c & 0b11 : b & 0b1111
                seen |= a | b | c | (stray == 0 ? 0 : invalid)
                unsafe output[count] = a << 2 | b >> 4
                count += 1
                guard padded == 1 else { return }
                unsafe output[count] = b << 4 | c >> 2
                count += 1
            }
        }
        return seen & invalid == 0 ? bytes : nil
    }
}
