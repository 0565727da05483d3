/// Writing pieces of JSON text into a byte array.
public enum JSONText {
    /// Appends text as it is.
    public static func append(_ text: StaticString, to output: inout [UInt8]) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }

    /// Appends a JSON string with its quotes.
    public static func appendQuoted(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        appendEscaped(text, to: &output)
        output.append(UInt8(ascii: "\""))
    }

    /// Appends what stands between the quotes of a JSON string.
    public static func appendEscaped(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { appendEscaped(UnsafeRawBufferPointer($0), to: &output) }
    }

    /// Appends what stands between the quotes of a JSON string that holds these UTF-8 bytes.
    public static func appendEscaped(_ bytes: [UInt8], to output: inout [UInt8]) {
        bytes.withUnsafeBytes { appendEscaped($0, to: &output) }
    }

    /// Escapes a piece at a time on the stack, as text that is JSON itself has a quote every few bytes and appending
    /// costs more than copying.
    package static func appendEscaped(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count, by: pieceBytes) {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + pieceBytes, bytes.count)])
            withUnsafeTemporaryAllocation(byteCount: pieceBytes * escapeBytes, alignment: 8) { scratch in
                let count = escape(piece, into: scratch)
                output.append(contentsOf: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            }
        }
    }

    private static let pieceBytes = 256
    /// The longest escape: `\u001f`.
    private static let escapeBytes = 6

    /// Writes what stands for `bytes`, at most `escapeBytes` for each, and returns how many bytes that is.
    private static func escape(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int {
        var read = 0
        var written = 0
        while read < bytes.count {
            if read + 8 <= bytes.count {
                // Eight bytes are copied whether or not all are plain: there is room, and the rest is overwritten.
                let word = bytes.loadUnaligned(fromByteOffset: read, as: UInt64.self)
                output.storeBytes(of: word, toByteOffset: written, as: UInt64.self)
                let plain = JSONScanner.plainBytes(in: UInt64(littleEndian: word), stopAtNonASCII: false)
                read += plain
                written += plain
                if plain == 8 { continue }
            }
            let byte = bytes[read]
            read += 1
            if let letter = escapeLetter(of: byte) {
                output[written] = UInt8(ascii: "\\")
                output[written + 1] = letter
                written += 2
            } else if byte < 0x20 {
                output[written] = UInt8(ascii: "\\")
                output[written + 1] = UInt8(ascii: "u")
                output[written + 2] = UInt8(ascii: "0")
                output[written + 3] = UInt8(ascii: "0")
                output[written + 4] = hexDigit(byte >> 4)
                output[written + 5] = hexDigit(byte & 15)
                written += escapeBytes
            } else {
                output[written] = byte
                written += 1
            }
        }
        return written
    }

    /// What follows the backslash where an escape has two characters.
    private static func escapeLetter(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        default: nil
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
