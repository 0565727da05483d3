import Cryptography

/// A picture in a message, in the form in which the chat-completions API takes it: a data URL (RFC 2397).
package struct ChatImage: Sendable, Equatable, Codable {
    /// The largest picture, in bytes before Base64. Vendors take 5 to 20 MB.
    package static let maximumBytes = 5 << 20

    /// Why a file is no picture for a model.
    package enum Refusal: Error, Equatable, Sendable {
        /// Its first bytes are those of no PNG, JPEG, GIF or WebP.
        case unsupportedType
        case tooLarge(bytes: Int)
    }

    /// Such as `data:image/png;base64,iVBOR…`.
    package let dataURL: String

    /// A picture from a file's bytes; its type is told from them, not from a name.
    ///
    /// - Throws: Why no model would take it.
    package init(_ bytes: [UInt8]) throws(Refusal) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLarge(bytes: bytes.count) }
        guard let type = Self.mediaType(of: bytes) else { throw .unsupportedType }
        dataURL = "data:\(type);base64,\(Base64.encode(bytes))"
    }

    package init(from decoder: any Decoder) throws {
        dataURL = try decoder.singleValueContainer().decode(String.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(dataURL)
    }

    /// By the signatures of the file formats.
    private static func mediaType(of bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if bytes.starts(with: "GIF87a".utf8) || bytes.starts(with: "GIF89a".utf8) { return "image/gif" }
        if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) { return "image/webp" }
        return nil
    }
}
