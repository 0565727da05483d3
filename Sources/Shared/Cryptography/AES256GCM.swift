import COpenSSL

/// AES with a 256-bit key in Galois/Counter Mode (NIST SP 800-38D): encrypts and authenticates in one.
///
/// A nonce must never be used twice with one key. Random ones are safe for some 2³² messages a key.
package enum AES256GCM {
    /// Length of a key, in bytes.
    package static let keyByteCount = 32
    /// Length of a nonce, in bytes: the 96 bits that the mode is made for.
    package static let nonceByteCount = 12
    /// Length of a tag, in bytes.
    package static let tagByteCount = 16

    /// Encrypts, and authenticates the result together with bytes that are not in it.
    ///
    /// - Parameters:
    ///   - plaintext: What is encrypted.
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes that were never used with this key.
    ///   - associatedData: What must be the same when it is opened.
    /// - Returns: The ciphertext, as long as `plaintext`, and the tag behind it.
    /// - Throws: `.wrongKeyLength`; `.undecryptable` for a plaintext over 2 GiB.
    package static func seal(
        _ plaintext: Span<UInt8>,
        key: Span<UInt8>,
        nonce: Span<UInt8>,
        associatedData: Span<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        let count = plaintext.count
        guard count <= Int32.max - Int32(tagByteCount) else { throw .undecryptable }
        let context = unsafe try context(key: key, nonce: nonce, associatedData: associatedData, encrypting: true)
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        return unsafe plaintext.withUnsafeBytes { input in
            unsafe [UInt8](unsafeUninitializedCapacity: count + tagByteCount) { output, written in
                let tag = unsafe output.baseAddress?.advanced(by: count)
                let isDone =
                    unsafe update(context, output.baseAddress, input) && finish(context, tag)
                    && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagByteCount), tag) == 1
                precondition(isDone, "a running cipher takes any bytes")
                written = count + tagByteCount
            }
        }
    }

    /// Checks and decrypts what `seal` returned.
    ///
    /// - Parameters:
    ///   - sealed: The ciphertext and the tag behind it.
    ///   - key: 32 bytes.
    ///   - nonce: 12 bytes.
    ///   - associatedData: As when it was sealed.
    /// - Returns: The plaintext; nothing of it leaves this function before the tag was found right.
    /// - Throws: `.wrongKeyLength`; `.undecryptable` where anything is not as it was sealed, without saying what.
    package static func open(
        _ sealed: Span<UInt8>,
        key: Span<UInt8>,
        nonce: Span<UInt8>,
        associatedData: Span<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        let count = sealed.count - tagByteCount
        guard count >= 0, count <= Int32.max - Int32(tagByteCount) else { throw .undecryptable }
        let context = unsafe try context(key: key, nonce: nonce, associatedData: associatedData, encrypting: false)
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        var isRight = false
        let plaintext = unsafe sealed.withUnsafeBytes { input in
            // One byte more: the cipher is given a place also for nothing.
            unsafe [UInt8](unsafeUninitializedCapacity: count + 1) { output, written in
                let ciphertext = unsafe UnsafeRawBufferPointer(rebasing: input[..<count])
                // OpenSSL takes the tag as a pointer to bytes that it may change, and copies them.
                var tag = unsafe Array(input[count...])
                unsafe isRight =
                    update(context, output.baseAddress, ciphertext)
                    && tag.withUnsafeMutableBytes {
                        unsafe EVP_CIPHER_CTX_ctrl(
                            context,
                            EVP_CTRL_AEAD_SET_TAG,
                            Int32(tagByteCount),
                            $0.baseAddress
                        ) == 1
                    } && finish(context, output.baseAddress?.advanced(by: count))
                written = isRight ? count : 0
            }
        }
        guard isRight else { throw .undecryptable }
        return plaintext
    }

    /// A cipher that has taken key, nonce and associated data. Whoever asked for it frees it.
    private static func context(
        key: Span<UInt8>,
        nonce: Span<UInt8>,
        associatedData: Span<UInt8>,
        encrypting: Bool
    ) throws(CryptographyError) -> OpaquePointer {
        guard key.count == keyByteCount, nonce.count == nonceByteCount, associatedData.count <= Int32.max else {
            throw .wrongKeyLength
        }
        guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("out of memory") }
        let isStarted = unsafe key.withUnsafeBytes { key in
            unsafe nonce.withUnsafeBytes { nonce in
                unsafe EVP_CipherInit_ex2(
                    context,
                    Algorithms.aes256GCM,
                    key.baseAddress,
                    nonce.baseAddress,
                    encrypting ? 1 : 0,
                    nil
                ) == 1
            }
        }
        precondition(isStarted, "the cipher accepts a key of its length")
        let isBound = unsafe associatedData.withUnsafeBytes { unsafe update(context, nil, $0) }
        precondition(isBound, "a running cipher takes any associated data")
        return unsafe context
    }

    /// Runs bytes through the cipher; without a place for the result, as associated data.
    private static func update(
        _ context: OpaquePointer,
        _ output: UnsafeMutablePointer<UInt8>?,
        _ input: UnsafeRawBufferPointer
    ) -> Bool {
        guard unsafe !input.isEmpty else { return true }
        var written: Int32 = 0
        return unsafe EVP_CipherUpdate(context, output, &written, input.baseAddress, Int32(input.count)) == 1
            && Int(written) == input.count
    }

    /// Ends the cipher, which compares the tag where it decrypts. The mode has no bytes left to write by then.
    private static func finish(_ context: OpaquePointer, _ output: UnsafeMutablePointer<UInt8>?) -> Bool {
        var written: Int32 = 0
        return unsafe EVP_CipherFinal_ex(context, output, &written) == 1
    }
}
