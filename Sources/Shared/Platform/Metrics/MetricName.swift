/// Names and labels as Prometheus allows them.
///
/// Source: Prometheus, "Metric names and labels" and "Exposition formats".
enum MetricName {
    /// A valid metric name: other characters become `_`, and `suffix` is added unless it is there.
    static func make(_ label: String, suffix: String) -> String {
        var name = label.utf8.isEmpty ? "unnamed" : sanitised(label, allowColon: true)
        if !name.hasSuffix(suffix) { name += suffix }
        return name
    }

    /// The part in braces, without them, sorted by name; empty where there are no labels.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions
            .map { "\(sanitised($0.0, allowColon: false))=\"\(escaped($0.1))\"" }
            .sorted()
            .joined(separator: ",")
    }

    /// A backslash, a quote and a line end are escaped; a value is at most 128 characters.
    private static func escaped(_ value: String) -> String {
        var result = ""
        for character in value.unicodeScalars.prefix(128) {
            switch character {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }

    private static func sanitised(_ text: String, allowColon: Bool) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8.prefix(200) {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
                bytes.append(byte)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if bytes.isEmpty { bytes.append(UInt8(ascii: "_")) }
                bytes.append(byte)
            case UInt8(ascii: ":") where allowColon: bytes.append(byte)
            default: bytes.append(UInt8(ascii: "_"))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
