import COpenSSL

/// Keyed-hash message authentication codes (RFC 2104).
package enum HMAC {
    /// The 32-byte HMAC-SHA-256 of `message`. Keys of any length are allowed, the empty one too.
    package static func sha256(key: some Collection<UInt8>, message: some Collection<UInt8>) -> [UInt8] {
        withContiguousBytes(of: key) { key in
            withContiguousBytes(of: message) { message in
                unsafe code(Algorithms.sha256, byteCount: SHA256.byteCount, key: key, message: message)
            }
        }
    }

    /// The 20-byte HMAC-SHA-1 of `message`, for one-time passwords (RFC 4226), which still ask for it.
    package static func sha1(key: some Collection<UInt8>, message: some Collection<UInt8>) -> [UInt8] {
        withContiguousBytes(of: key) { key in
            withContiguousBytes(of: message) { message in
                unsafe code(Algorithms.sha1, byteCount: SHA1.byteCount, key: key, message: message)
            }
        }
    }

    private static func code(
        _ algorithm: OpaquePointer,
        byteCount: Int,
        key: Span<UInt8>,
        message: Span<UInt8>
    ) -> [UInt8] {
        unsafe key.withUnsafeBufferPointer { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { code, count in
                    // A null key means "the key of the last call" to OpenSSL: an empty key must not be null.
                    var none: UInt8 = 0
                    let done = unsafe withUnsafePointer(to: &none) { empty in
                        unsafe COpenSSL.HMAC(
                            algorithm,
                            key.baseAddress ?? empty,
                            Int32(key.count),
                            message.baseAddress ?? empty,
                            message.count,
                            code.baseAddress,
                            nil
                        ) != nil
                    }
                    precondition(done, "out of memory")
                    count = byteCount
                }
            }
        }
    }
}
