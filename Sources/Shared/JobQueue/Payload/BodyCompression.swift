import Deflate

/// Undoes the compression of a body, as its header `compression` names it (kombu.compression).
package enum BodyCompression {
    /// The most that a body decompresses to, in bytes: the longest arguments and what stands around them.
    package static let maximumBytes = JobProducer.maximumArgumentBytes + 1024

    /// Zlib streams are read; all else that kombu may have installed (bzip2, lzma, brotli, zstandard) is refused under
    /// the name by which it refuses content that it does not accept.
    ///
    /// - Parameters:
    ///   - name: What the header says.
    ///   - bytes: The compressed bytes.
    ///   - bound: The most that may come of them, in bytes.
    /// - Returns: What was compressed.
    /// - Throws: `TaskFailure`, which says nothing of the content.
    package static func undo(
        _ name: String,
        _ bytes: [UInt8],
        bound: Int = maximumBytes
    ) throws(TaskFailure) -> [UInt8] {
        guard name == ZlibStream.contentType else {
            throw TaskFailure(
                type: "ContentDisallowed",
                message: "compression \(name) is not accepted, only \(ZlibStream.contentType)",
                module: "kombu.exceptions"
            )
        }
        do throws(ZlibStream.Fault) {
            return try ZlibStream.decompress(bytes, bound: bound)
        } catch {
            switch error {
            case .tooLarge:
                throw TaskFailure(
                    type: "PayloadTooLarge",
                    message: "the body decompresses to more than \(bound) bytes"
                )
            case .malformed:
                throw TaskFailure(type: "PayloadUnreadable", message: "the body is not compressed as its message says")
            }
        }
    }
}
