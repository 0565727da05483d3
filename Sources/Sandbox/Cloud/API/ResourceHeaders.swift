/// Headers that go with a file.
enum ResourceHeaders {
    /// `Content-Disposition` that saves under this name (RFC 6266).
    static func attachment(_ name: String) -> String { "attachment; filename*=UTF-8''" + encoded(name) }

    /// Percent-encoded but for letters, digits and a few signs (RFC 5987).
    static func encoded(_ name: String) -> String {
        var text = ""
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return text
    }
}
