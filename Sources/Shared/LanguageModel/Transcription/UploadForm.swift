/// A `multipart/form-data` body (RFC 7578) with one file.
struct UploadForm {
    private let boundary: String
    private var parts: [UInt8] = []

    /// The boundary is one that does not occur in `content`.
    init(avoiding content: [UInt8]) {
        var boundary: String
        repeat {
            boundary = "form-" + (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        } while Self.contains(content, Array(boundary.utf8))
        self.boundary = boundary
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }
    var body: [UInt8] { parts + Array("--\(boundary)--\r\n".utf8) }

    mutating func add(_ name: String, _ value: String) {
        parts += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n".utf8)
    }

    mutating func add(_ name: String, fileName: String, _ content: [UInt8]) {
        parts.reserveCapacity(parts.count + content.count + 512)
        // What would end the header or its quotes is left out.
        let fileName = String(
            fileName.unicodeScalars.filter { $0.value >= 0x20 && $0 != "\"" && $0 != "\\" }.prefix(200)
        )
        parts += Array(
            """
            --\(boundary)\r\nContent-Disposition: form-data; name="\(name)"; filename="\(fileName)"\r\n\
            Content-Type: \(Self.mediaType(of: fileName))\r\n\r\n
            """.utf8
        )
        parts += content
        parts += Array("\r\n".utf8)
    }

    private static func mediaType(of fileName: String) -> String {
        switch fileName.split(separator: ".").last?.lowercased() {
        case "mp3", "mpga", "mpeg": "audio/mpeg"
        case "m4a", "mp4": "audio/mp4"
        case "wav": "audio/wav"
        case "webm": "audio/webm"
        case "flac": "audio/flac"
        case "ogg", "oga", "opus": "audio/ogg"
        default: "application/octet-stream"
        }
    }

    private static func contains(_ bytes: [UInt8], _ pattern: [UInt8]) -> Bool {
        guard bytes.count >= pattern.count else { return false }
        return bytes.withUnsafeBufferPointer { bytes in
            (0...(bytes.count - pattern.count)).contains { start in
                bytes[start] == pattern[0] && bytes[start..<(start + pattern.count)].elementsEqual(pattern)
            }
        }
    }
}
