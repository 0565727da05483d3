#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Turns bytes of an unknown encoding into UTF-8: UTF-8, UTF-16 or GB18030, which includes GBK and GB2312.
enum TextDecoding {
    private enum Encoding { case utf8, utf16(bigEndian: Bool), gb18030 }

    private static let sampleBytes = 65_536

    /// As many bytes as can matter for so many bytes of text: in UTF-16 a letter takes two.
    static func beginning(of bytes: [UInt8], for outputBytes: Int) -> ArraySlice<UInt8> {
        bytes.prefix(2 * outputBytes + 4)
    }

    /// The beginning of a text, or nil for what is none.
    static func sample(of bytes: [UInt8]) -> String? {
        text(of: bytes.prefix(sampleBytes)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The text as UTF-8 with `\n` as its only line end and no other control characters but tabs, or nil for what is no text.
    ///
    /// A character that is cut at the end is left out. Some broken bytes become U+FFFD; many mean that this is no text.
    static func text(of bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard let (encoding, mark) = encoding(of: bytes) else { return nil }
        let body = bytes.dropFirst(mark)
        return switch encoding {
        case .utf8: normalised(utf8(body))
        case .utf16(let bigEndian): normalised(utf16(body, bigEndian: bigEndian))
        case .gb18030: gb18030(body).map(normalised)
        }
    }

    /// The encoding and the length of its byte order mark.
    private static func encoding(of bytes: ArraySlice<UInt8>) -> (Encoding, mark: Int)? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16(bigEndian: false), 2) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16(bigEndian: true), 2) }
        var zeros = (even: 0, odd: 0)
        var controls = 0
        for (offset, byte) in bytes.prefix(sampleBytes).enumerated() where byte < 0x20 {
            if byte == 0 {
                if offset % 2 == 0 { zeros.even += 1 } else { zeros.odd += 1 }
            } else if !(0x09...0x0D).contains(byte) && byte != 0x1B {
                controls += 1
            }
        }
        let sampled = min(bytes.count, sampleBytes)
        if zeros.even + zeros.odd > 0 {
            // Letters and line ends have a zero byte, always on the same side; few other characters have one.
            let (bigEndian, most, least) =
                zeros.even > zeros.odd ? (true, zeros.even, zeros.odd) : (false, zeros.odd, zeros.even)
            return most > 4 * least && most * 50 > sampled && isUTF16(bytes.prefix(sampleBytes), bigEndian: bigEndian)
                ? (.utf16(bigEndian: bigEndian), 0) : nil
        }
        guard controls * 100 <= sampled else { return nil }
        let (wide, broken) = utf8Counts(bytes)
        // What is broken in places is still UTF-8; two bytes of GBK are seldom a character of UTF-8.
        if wide >= 4 * broken { return (.utf8, 0) }
        if gb18030(bytes) != nil { return (.gb18030, 0) }
        return broken * 20 <= bytes.count ? (.utf8, 0) : nil
    }

    /// How many characters of several bytes there are, and how many bytes belong to none.
    private static func utf8Counts(_ bytes: ArraySlice<UInt8>) -> (wide: Int, broken: Int) {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var wide = 0
        var broken = 0
        var ended = false
        while !ended {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): if scalar.value > 0x7F { wide += 1 }
            case .error: broken += 1
            case .emptyInput: ended = true
            }
        }
        // The cut at the end of what was taken is nobody's fault.
        return (wide, max(0, broken - 1))
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        // A lead byte in the last three whose character is longer than what is left.
        var end = bytes.endIndex
        for place in bytes.indices.suffix(3).reversed() where bytes[place] >= 0xC0 {
            let length = bytes[place] >= 0xF0 ? 4 : bytes[place] >= 0xE0 ? 3 : 2
            if place + length > bytes.endIndex { end = place }
            break
        }
        return Array(String(decoding: bytes[..<end], as: UTF8.self).utf8)
    }

    private static func units(_ bytes: ArraySlice<UInt8>, bigEndian: Bool) -> [UInt16] {
        stride(from: bytes.startIndex, to: bytes.endIndex - 1, by: 2).map { place in
            let (high, low) = bigEndian ? (bytes[place], bytes[place + 1]) : (bytes[place + 1], bytes[place])
            return UInt16(high) << 8 | UInt16(low)
        }
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, bigEndian: Bool) -> [UInt8] {
        var units = units(bytes, bigEndian: bigEndian)
        if let last = units.last, UTF16.isLeadSurrogate(last) { units.removeLast() }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    private static func isUTF16(_ bytes: ArraySlice<UInt8>, bigEndian: Bool) -> Bool {
        let units = units(bytes, bigEndian: bigEndian)
        return !units.dropLast().contains(0) && !String(decoding: units.dropLast(), as: UTF16.self).contains("\u{FFFD}")
    }

    /// By the C library's iconv; nil where a byte belongs to no character, or where the library lacks the encoding.
    private static func gb18030(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        guard let converter = iconv_open("UTF-8", "GB18030"), Int(bitPattern: converter) != -1 else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // The most that a byte can become is two: four bytes of GB18030 are up to four of UTF-8, two are three.
        var output = [UInt8](repeating: 0, count: 2 * input.count + 16)
        let (written, isWhole) = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBytes { output -> (Int, Bool) in
                var from = input.baseAddress
                var left = input.count
                var to = output.baseAddress?.assumingMemoryBound(to: CChar.self)
                var room = output.count
                let result = iconv(converter, &from, &left, &to, &room)
                // EINVAL: a character is cut at the end.
                return (output.count - room, result != .max || errno == EINVAL)
            }
        }
        return isWhole ? Array(output[..<written]) : nil
    }

    private static func normalised(_ utf8: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(utf8.count)
        var followsReturn = false
        for byte in utf8 {
            switch byte {
            case 0x0D: result.append(0x0A)
            case 0x0A where followsReturn: break
            case 0x0A, 0x09: result.append(byte)
            case 0x0B, 0x0C: result.append(0x0A)
            case 0..<0x20, 0x7F: break
            default: result.append(byte)
            }
            followsReturn = byte == 0x0D
        }
        return result
    }
}
