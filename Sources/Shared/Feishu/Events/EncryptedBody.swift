import JSON

/// The outer JSON of a delivery to an app with an Encrypt Key: `{"encrypt":"<Base64>"}`.
enum EncryptedBody {
    /// The Base64 text; nil if the object has none.
    ///
    /// - Throws: `.malformed` unless `body` is one JSON object.
    static func payload(of body: [UInt8]) throws(EventRefusal) -> [UInt8]? {
        var payload: [UInt8]?
        do {
            try body.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                try scanner.object { (key, scanner) throws(JSONError) in
                    guard scanner.matches(key, "encrypt"), scanner.peek() == UInt8(ascii: "\"") else {
                        try scanner.skip()
                        return
                    }
                    let text = try scanner.stringSlice()
                    if text.hasEscapes {
                        var unescaped: [UInt8] = []
                        scanner.appendUnescaped(text, to: &unescaped)
                        payload = unescaped
                    } else {
                        payload = Array(UnsafeRawBufferPointer(rebasing: bytes[text.range]))
                    }
                }
                try scanner.end()
            }
        } catch {
            throw .malformed
        }
        return payload
    }
}
