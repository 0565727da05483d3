import CZlib

/// Zlib streams (RFC 1950): what kombu means by `application/x-gzip` (kombu.compression, `zlib.compress`).
package enum ZlibStream {
    package enum Fault: Error, Equatable {
        /// It is not a whole stream, or something stands behind it.
        case malformed
        /// What it decompresses to is over the bound.
        case tooLarge
    }

    /// Content type of such a stream (kombu.compression).
    package static let contentType = "application/x-gzip"

    /// The compressed bytes; nil where they would not be fewer than those given.
    package static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
        guard bytes.count > 1, bytes.count <= Int(Int32.max) else { return nil }
        var stream = unsafe z_stream()
        guard unsafe zlib_deflate_init(&stream, level) == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        var isWhole = false
        let compressed = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe [UInt8](unsafeUninitializedCapacity: bytes.count - 1) { output, count in
                // zlib only reads there; its type says otherwise for the sake of old compilers.
                unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                isWhole = unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = unsafe isWhole ? output.count - Int(stream.avail_out) : 0
            }
        }
        return isWhole ? compressed : nil
    }

    /// Undoes `compress`.
    ///
    /// - Parameters:
    ///   - bytes: One whole stream.
    ///   - bound: The most that comes of it. Never more than that and one step (64 KiB) is held.
    /// - Returns: The bytes that were compressed.
    /// - Throws: `Fault`.
    package static func decompress(_ bytes: [UInt8], bound: Int) throws(Fault) -> [UInt8] {
        guard bytes.count <= Int(Int32.max) else { throw .tooLarge }
        var stream = unsafe z_stream()
        guard unsafe zlib_inflate_init(&stream) == Z_OK else { throw .malformed }
        defer { unsafe inflateEnd(&stream) }
        var output: [UInt8] = []
        output.reserveCapacity(min(bound, bytes.count * 4))
        let fault: Fault? = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            unsafe stream.avail_in = UInt32(input.count)
            return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: stepBytes) { step in
                while true {
                    unsafe stream.next_out = step.baseAddress
                    unsafe stream.avail_out = UInt32(step.count)
                    let status = unsafe inflate(&stream, Z_NO_FLUSH)
                    let written = unsafe step.count - Int(stream.avail_out)
                    guard output.count + written <= bound else { return .tooLarge }
                    unsafe output.append(contentsOf: step.prefix(written))
                    switch status {
                    case Z_STREAM_END: return unsafe stream.avail_in == 0 ? nil : .malformed
                    case Z_OK where written > 0: continue
                    default: return .malformed  // Damaged, or cut short: there is nothing more to read.
                    }
                }
            }
        }
        if let fault { throw fault }
        return output
    }

    private static let stepBytes = 64 << 10
}
