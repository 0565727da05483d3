import COpenSSL

/// Keyed-hash message authentication codes (RFC 2104).
package enum HMAC {
    /// The 32-byte HMAC-SHA-256 of `message`. Keys of any length are allowed, the empty one too.
    package static func sha256(key: some Collection<UInt8>, message: some Collection<UInt8>) -> [UInt8] {
        withContiguousBytes(of: key) { key in
            withContiguousBytes(of: message) { message in
                code(key: key, message: message)
            }
        }
    }

    private static func code(key: Span<UInt8>, message: Span<UInt8>) -> [UInt8] {
        unsafe key.withUnsafeBufferPointer { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { code, count in
                    // A null key means "the key of the last call" to OpenSSL: an empty key must not be null.
                    var none: UInt8 = 0
                    let done = unsafe withUnsafePointer(to: &none) { empty in
                        unsafe COpenSSL.HMAC(
                            Algorithms.sha256,
                            key.baseAddress ?? empty,
                            Int32(key.count),
                            message.baseAddress ?? empty,
                            message.count,
                            code.baseAddress,
                            nil
                        ) != nil
                    }
                    precondition(done, "out of memory")
                    count = SHA256.byteCount
                }
            }
        }
    }
}
