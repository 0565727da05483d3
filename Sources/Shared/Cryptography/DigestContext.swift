import COpenSSL

/// Owns one running OpenSSL digest, and frees it.
@safe struct DigestContext: ~Copyable {
    private let context: OpaquePointer
    private let byteCount: Int

    /// Starts a digest of `algorithm` whose result has `byteCount` bytes.
    init(_ algorithm: OpaquePointer, byteCount: Int) {
        guard let context = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex2(context, algorithm, nil) == 1 else {
            preconditionFailure("out of memory")
        }
        unsafe self.context = context
        self.byteCount = byteCount
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds bytes; the digest is that of all added ones in order.
    mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { buffer in
            let status = unsafe EVP_DigestUpdate(context, buffer.baseAddress, buffer.count)
            precondition(status == 1, "a running digest accepts bytes")
        }
    }

    /// Ends the digest and returns it.
    consuming func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            let status = unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            precondition(status == 1, "a running digest can be ended")
            count = byteCount
        }
    }
}
