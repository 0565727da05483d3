import Cryptography
import JSON

/// The outer JSON of a delivery to an app with an Encrypt Key: `{"encrypt":"<Base64>"}`.
enum EncryptedBody {
    /// The bytes behind the Base64 text; nil if the object has none.
    ///
    /// - Throws: `.malformed` unless `body` is one JSON object, `.undecryptable` for a text that is no Base64.
    static func payload(of body: Span<UInt8>) throws(EventRefusal) -> [UInt8]? {
        guard let text = try text(in: body) else { return nil }
        do {
            guard text.hasEscapes else { return try Base64.decode(body.extracting(text.range)) }
            return try Base64.decode(unescaped(text, in: body))
        } catch {
            throw .undecryptable
        }
    }

    /// Where the text stands.
    private static func text(in body: Span<UInt8>) throws(EventRefusal) -> JSONStringSlice? {
        var text: JSONStringSlice?
        do {
            try body.withUnsafeBytes { bytes throws(JSONError) in
                var scanner = JSONScanner(bytes)
                try scanner.object { (key, scanner) throws(JSONError) in
                    if scanner.matches(key, "encrypt"), scanner.peek() == UInt8(ascii: "\"") {
                        text = try scanner.stringSlice()
                    } else {
                        try scanner.skip()
                    }
                }
                try scanner.end()
            }
        } catch {
            throw .malformed
        }
        return text
    }

    private static func unescaped(_ text: JSONStringSlice, in body: Span<UInt8>) -> [UInt8] {
        body.withUnsafeBytes { JSONScanner($0).unescaped(text) }
    }
}
