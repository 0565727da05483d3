import CZlib

/// Whole streams of deflated bytes, in memory and with a bound on what comes of them.
package enum DeflateStream {
    /// What stands around the deflated bytes.
    package enum Format: Sendable {
        /// RFC 1950.
        case zlib
        /// RFC 1952. What is written bears no name and no time, so that the same bytes give the same stream.
        case gzip

        /// What zlib calls the size of the window, which also says the format.
        fileprivate var window: Int32 {
            switch self {
            case .zlib: 15
            case .gzip: 31
            }
        }
    }

    /// Why a stream is not read.
    package enum Fault: Error, Equatable {
        /// It is not a whole stream, or something stands behind it.
        case malformed
        /// What it decompresses to is over the bound.
        case tooLarge
    }

    private static let stepBytes = 64 << 10

    /// Compresses bytes.
    ///
    /// - Parameters:
    ///   - bytes: At most 2 GiB.
    ///   - format: What stands around them.
    ///   - level: 1 (fast) to 9 (small).
    ///   - bound: The most that may come of them.
    /// - Returns: The stream; nil where it would be over the bound.
    package static func compress(_ bytes: [UInt8], as format: Format, level: Int32, bound: Int) -> [UInt8]? {
        guard bound > 0, bytes.count <= Int(Int32.max), bound <= Int(Int32.max) else { return nil }
        var stream = unsafe z_stream()
        guard unsafe zlib_deflate_init(&stream, level, format.window) == Z_OK else { return nil }
        defer { unsafe deflateEnd(&stream) }
        var isWhole = false
        let compressed = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
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
    ///   - format: What stands around it.
    ///   - bound: The most that comes of it. Never more than that and one step (64 KiB) is held.
    /// - Returns: The bytes that were compressed.
    /// - Throws: `Fault`.
    package static func decompress(_ bytes: [UInt8], as format: Format, bound: Int) throws(Fault) -> [UInt8] {
        guard bytes.count <= Int(Int32.max) else { throw .tooLarge }
        var stream = unsafe z_stream()
        guard unsafe zlib_inflate_init(&stream, format.window) == Z_OK else { throw .malformed }
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
}
