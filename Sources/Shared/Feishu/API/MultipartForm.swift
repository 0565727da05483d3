import Cryptography

/// The body of an upload: `multipart/form-data` (RFC 7578), with names escaped as browsers do (HTML Living Standard,
/// "multipart/form-data encoding algorithm").
package struct MultipartForm: Sendable {
    /// A random one: no content holds it by chance or by intent.
    private let boundary = "----" + Hex.encode(RandomBytes.generate(count: 16))
    private var parts: [UInt8] = []

    package init() {}

    package var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The whole body.
    package var bytes: [UInt8] { parts + "--\(boundary)--\r\n".utf8 }

    /// Appends a field of text.
    package mutating func append(_ value: String, name: String) {
        open("name=\"\(Self.escape(name))\"")
        parts += "\r\n\(value)\r\n".utf8
    }

    /// Appends a file.
    package mutating func append(file: [UInt8], name: String, fileName: String) {
        open("name=\"\(Self.escape(name))\"; filename=\"\(Self.escape(fileName))\"")
        parts.reserveCapacity(parts.count + file.count + 128)
        parts += "Content-Type: application/octet-stream\r\n\r\n".utf8
        parts += file
        parts += "\r\n".utf8
    }

    private mutating func open(_ disposition: String) {
        parts += "--\(boundary)\r\nContent-Disposition: form-data; \(disposition)\r\n".utf8
    }

    private static func escape(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\r": escaped += "%0D"
            case "\n": escaped += "%0A"
            case "\"": escaped += "%22"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
