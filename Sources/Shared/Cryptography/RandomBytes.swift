import COpenSSL

/// Bytes from OpenSSL's cryptographically secure generator.
package enum RandomBytes {
    /// `count` unpredictable bytes, for keys, nonces and identifiers.
    package static func generate(count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            let status = unsafe RAND_bytes(buffer.baseAddress, Int32(count))
            precondition(status == 1, "the operating system gives entropy")
            initialised = count
        }
    }
}
