package import Deflate

/// Zlib streams (RFC 1950): what kombu means by `application/x-gzip` (kombu.compression, `zlib.compress`).
package enum ZlibStream {
    package typealias Fault = DeflateStream.Fault

    /// Content type of such a stream (kombu.compression).
    package static let contentType = "application/x-gzip"

    /// The compressed bytes; nil where they would not be fewer than those given.
    package static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
        DeflateStream.compress(bytes, as: .zlib, level: level, bound: bytes.count - 1)
    }

    /// Undoes `compress`.
    ///
    /// - Parameters:
    ///   - bytes: One whole stream.
    ///   - bound: The most that comes of it.
    /// - Returns: The bytes that were compressed.
    /// - Throws: `Fault`.
    package static func decompress(_ bytes: [UInt8], bound: Int) throws(Fault) -> [UInt8] {
        try DeflateStream.decompress(bytes, as: .zlib, bound: bound)
    }
}
