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

    /// Copies runs that need no escape at once; quotes, backslashes and control characters are rare.
    package static func appendEscaped(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        var runStart = 0
        var index = 0
        while true {
            index = JSONScanner.plainRunEnd(in: bytes, from: index, stopAtNonASCII: false)
            guard index < bytes.count else { break }
            output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[runStart..<index]))
            appendEscape(of: bytes[index], to: &output)
            index += 1
            runStart = index
        }
        output.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[runStart...]))
    }

    private static func appendEscape(of byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"", to: &output)
        case UInt8(ascii: "\\"): append("\\\\", to: &output)
        case 0x0A: append("\\n", to: &output)
        case 0x0D: append("\\r", to: &output)
        case 0x09: append("\\t", to: &output)
        default:
            append("\\u00", to: &output)
            output.append(hexDigit(byte >> 4))
            output.append(hexDigit(byte & 15))
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
