import Glibc

/// Where the contents of a string stand in a text: between its quotes, escapes untouched.
package struct JSONStringSlice: Sendable, Equatable {
    package let range: Range<Int>
    package let hasEscapes: Bool

    package init(range: Range<Int>, hasEscapes: Bool) {
        self.range = range
        self.hasEscapes = hasEscapes
    }

    /// The text itself, escapes resolved; `bytes` are those that were scanned.
    package func text(in bytes: [UInt8]) -> String { bytes.withUnsafeBytes { JSONScanner($0).text(of: self) } }
}

extension JSONScanner {
    /// The string's text, escapes resolved. A half of a surrogate pair that stands alone becomes U+FFFD.
    package func text(of slice: JSONStringSlice) -> String {
        let raw = UnsafeRawBufferPointer(rebasing: bytes[slice.range])
        if !slice.hasEscapes { return String(decoding: raw, as: UTF8.self) }
        return String(unsafeUninitializedCapacity: slice.range.count) { unescape(slice, into: $0) }
    }

    /// The string's UTF-8 bytes, escapes resolved as in ``text(of:)``.
    package func unescaped(_ slice: JSONStringSlice) -> [UInt8] {
        // Of no capacity it would be the empty array that all share, and be written to.
        if slice.range.isEmpty { return [] }
        return [UInt8](unsafeUninitializedCapacity: slice.range.count) { buffer, count in
            count = unescape(slice, into: buffer)
        }
    }

    /// Writes the string's bytes and returns how many: no more than stand in the text, as no escape is shorter than
    /// what it means.
    private func unescape(_ slice: JSONStringSlice, into output: UnsafeMutableBufferPointer<UInt8>) -> Int {
        let raw = UnsafeRawBufferPointer(rebasing: bytes[..<slice.range.upperBound])
        var index = slice.range.lowerBound
        var count = 0
        func append(_ piece: UnsafeRawBufferPointer) {
            UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(output)[count...]).copyMemory(
                from: piece
            )
            count += piece.count
        }
        while index < raw.count {
            var end = Self.plainRunEnd(in: raw, from: index, stopAtNonASCII: false)
            if end == index, raw[index] != UInt8(ascii: "\\") { end += 1 }
            append(UnsafeRawBufferPointer(rebasing: raw[index..<end]))
            guard end < raw.count, raw[end] == UInt8(ascii: "\\") else {
                index = end
                continue
            }
            let escape = raw[end + 1]
            index = end + 2
            switch escape {
            case UInt8(ascii: "n"): output[count] = 0x0A
            case UInt8(ascii: "t"): output[count] = 0x09
            case UInt8(ascii: "r"): output[count] = 0x0D
            case UInt8(ascii: "b"): output[count] = 0x08
            case UInt8(ascii: "f"): output[count] = 0x0C
            case UInt8(ascii: "u"):
                for unit in UTF8.encode(unescapedScalar(at: &index, end: raw.count)) ?? UTF8.encodedReplacementCharacter
                {
                    output[count] = unit
                    count += 1
                }
                continue
            default: output[count] = escape
            }
            count += 1
        }
        return count
    }

    /// Whether half of a surrogate pair stands alone in the string, which no Unicode text can hold.
    func hasLoneSurrogate(_ slice: JSONStringSlice) -> Bool {
        let end = slice.range.upperBound
        var index = slice.range.lowerBound
        while let escape = bytes[index..<end].firstIndex(of: UInt8(ascii: "\\")) {
            index = escape + 2
            guard bytes[escape + 1] == UInt8(ascii: "u") else { continue }
            let isSurrogate = (0xD800...0xDFFF).contains(hex4(at: index))
            let scalar = unescapedScalar(at: &index, end: end)
            if isSurrogate, scalar == "\u{FFFD}" { return true }
        }
        return false
    }

    /// Whether the string is exactly this ASCII text, compared without making a String.
    ///
    /// Readers compare each key with many names, so the lengths are compared where it is called.
    @inlinable
    package func matches(_ slice: JSONStringSlice, _ text: StaticString) -> Bool {
        (slice.range.count == text.utf8CodeUnitCount || slice.hasEscapes) && holds(slice, text)
    }

    /// Whether the string is exactly this text.
    package func matches(_ slice: JSONStringSlice, _ text: String) -> Bool {
        if slice.hasEscapes { return self.text(of: slice) == text }
        guard text.utf8.count == slice.range.count else { return false }
        var text = text
        return text.withUTF8 { isText($0, at: slice.range.lowerBound) }
    }

    @usableFromInline
    package func holds(_ slice: JSONStringSlice, _ text: StaticString) -> Bool {
        if slice.hasEscapes { return self.text(of: slice) == text.description }
        return isText(text, at: slice.range.lowerBound)
    }

    /// Whether these bytes stand at `start`; there are enough.
    func isText(_ text: StaticString, at start: Int) -> Bool { text.withUTF8Buffer { isText($0, at: start) } }

    /// Whether these bytes stand at `start`; there are enough.
    func isText(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        guard let first = text.baseAddress, let other = bytes.baseAddress else { return text.isEmpty }
        return memcmp(first, other + start, text.count) == 0
    }

    /// The scalar after `\u`, with the second half of a surrogate pair where one follows.
    private func unescapedScalar(at index: inout Int, end: Int) -> Unicode.Scalar {
        let first = hex4(at: index)
        index += 4
        if let scalar = Unicode.Scalar(first) { return scalar }
        let isPair =
            first < 0xDC00 && index + 6 <= end
            && bytes[index] == UInt8(ascii: "\\") && bytes[index + 1] == UInt8(ascii: "u")
        guard isPair else { return "\u{FFFD}" }
        let second = hex4(at: index + 2)
        guard (0xDC00...0xDFFF).contains(second) else { return "\u{FFFD}" }
        index += 6
        return Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private func hex4(at index: Int) -> UInt32 {
        bytes[index..<index + 4].reduce(0) { $0 << 4 | UInt32(Self.hexValue($1) ?? 0) }
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 48...57: byte - 48
        case 65...70: byte - 55
        case 97...102: byte - 87
        default: nil
        }
    }

    /// Checks the escape at `index` and returns where it ends.
    func escapeEnd(at index: Int) throws(JSONError) -> Int {
        guard index + 1 < bytes.count else { throw JSONError(.truncated, at: bytes.count) }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return index + 2
        case UInt8(ascii: "u"):
            guard index + 6 <= bytes.count else { throw JSONError(.truncated, at: bytes.count) }
            guard bytes[index + 2..<index + 6].allSatisfy({ Self.hexValue($0) != nil }) else {
                throw JSONError(.malformed, at: index)
            }
            return index + 6
        default: throw JSONError(.malformed, at: index)
        }
    }

    /// Checks the UTF-8 sequence at `index` (Unicode 15, table 3-7) and returns where it ends.
    func multibyteEnd(at index: Int) throws(JSONError) -> Int {
        let lead = bytes[index]
        let second: ClosedRange<UInt8>
        let length: Int
        switch lead {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONError(.malformed, at: index)
        }
        guard index + length <= bytes.count else { throw JSONError(.truncated, at: bytes.count) }
        guard second.contains(bytes[index + 1]),
            bytes[index + 2..<index + length].allSatisfy({ $0 & 0xC0 == 0x80 })
        else { throw JSONError(.malformed, at: index) }
        return index + length
    }

    /// Where the run of bytes from `start` that need no attention in a string ends: at a quote, a backslash, a control
    /// character and, where asked, the first byte of a character beyond ASCII. Looks at eight bytes a step.
    static func plainRunEnd(in bytes: UnsafeRawBufferPointer, from start: Int, stopAtNonASCII: Bool) -> Int {
        var index = start
        while index + 8 <= bytes.count {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let plain = plainBytes(in: word, stopAtNonASCII: stopAtNonASCII)
            index += plain
            if plain < 8 { return index }
        }
        while index < bytes.count {
            let byte = bytes[index]
            let isSpecial = byte == 0x22 || byte == 0x5C || byte < 0x20 || (stopAtNonASCII && byte >= 0x80)
            if isSpecial { return index }
            index += 1
        }
        return index
    }

    /// How many of eight bytes, the first being the lowest of `word`, need no attention in a string: 0 to 8.
    static func plainBytes(in word: UInt64, stopAtNonASCII: Bool) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs: UInt64 = 0x8080_8080_8080_8080
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        // A byte's top bit is set in (x - 1) & ~x where x is zero: exact up to and including the first such byte.
        var found = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        found |= (word &- (ones &* 0x20)) & ~word
        if stopAtNonASCII { found |= word }
        return (found & highs).trailingZeroBitCount / 8
    }
}
