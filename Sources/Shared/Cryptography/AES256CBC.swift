import COpenSSL

/// AES with a 256-bit key in cipher block chaining mode (NIST SP 800-38A) and PKCS#7 padding.
///
/// It does not authenticate: check a signature or an HMAC over the ciphertext as well.
package enum AES256CBC {
    /// Length of a key, in bytes.
    package static let keyByteCount = 32
    /// Length of a block and of an initialisation vector, in bytes.
    package static let blockByteCount = 16

    /// Pads and encrypts. The result is 1 to 16 bytes longer than `plaintext`.
    ///
    /// - Throws: `.wrongKeyLength`.
    package static func encrypt(
        key: some Collection<UInt8>,
        iv: some Collection<UInt8>,
        plaintext: some Collection<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        var padded = Array(plaintext)
        let padding = blockByteCount - padded.count % blockByteCount
        padded.append(contentsOf: repeatElement(UInt8(padding), count: padding))
        return try transform(padded.span, key: Array(key).span, iv: Array(iv).span, encrypting: true)
    }

    /// Decrypts and takes the padding off.
    ///
    /// - Throws: `.wrongKeyLength`; `.undecryptable` for anything wrong with the ciphertext, without saying what
    ///   and in the same time wherever in the padding the fault is.
    package static func decrypt(
        key: Span<UInt8>,
        iv: Span<UInt8>,
        ciphertext: Span<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        guard !ciphertext.isEmpty, ciphertext.count % blockByteCount == 0 else { throw .undecryptable }
        var plaintext = try transform(ciphertext, key: key, iv: iv, encrypting: false)
        plaintext.removeLast(try paddingByteCount(of: plaintext))
        return plaintext
    }

    /// Decrypts and takes the padding off.
    ///
    /// - Throws: As above.
    package static func decrypt(
        key: some Collection<UInt8>,
        iv: some Collection<UInt8>,
        ciphertext: some Collection<UInt8>
    ) throws(CryptographyError) -> [UInt8] {
        try decrypt(key: Array(key).span, iv: Array(iv).span, ciphertext: Array(ciphertext).span)
    }

    /// Length of the PKCS#7 padding (RFC 5652 §6.3): 1 to 16 bytes, each of which holds that number.
    private static func paddingByteCount(of plaintext: [UInt8]) throws(CryptographyError) -> Int {
        let claimed = plaintext[plaintext.count - 1]
        var faults: UInt8 = claimed == 0 || claimed > UInt8(blockByteCount) ? 1 : 0
        for distance in 1...blockByteCount {
            let inPadding: UInt8 = distance <= Int(claimed) ? 0xFF : 0
            faults |= (plaintext[plaintext.count - distance] ^ claimed) & inPadding
        }
        guard faults == 0 else { throw .undecryptable }
        return Int(claimed)
    }

    /// Runs whole blocks through the cipher.
    private static func transform(
        _ input: Span<UInt8>,
        key: Span<UInt8>,
        iv: Span<UInt8>,
        encrypting: Bool
    ) throws(CryptographyError) -> [UInt8] {
        guard key.count == keyByteCount, iv.count == blockByteCount else { throw .wrongKeyLength }
        guard input.count <= Int32.max else { throw .undecryptable }
        guard let context = unsafe EVP_CIPHER_CTX_new() else { preconditionFailure("out of memory") }
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let started = unsafe key.withUnsafeBytes { key in
            unsafe iv.withUnsafeBytes { iv in
                unsafe EVP_CipherInit_ex2(
                    context,
                    Algorithms.aes256CBC,
                    key.baseAddress,
                    iv.baseAddress,
                    encrypting ? 1 : 0,
                    nil
                ) == 1 && EVP_CIPHER_CTX_set_padding(context, 0) == 1
            }
        }
        precondition(started, "the cipher accepts a key of its length")
        return unsafe input.withUnsafeBytes { input in
            unsafe [UInt8](unsafeUninitializedCapacity: input.count) { output, count in
                var written: Int32 = 0
                let done = unsafe EVP_CipherUpdate(
                    context,
                    output.baseAddress,
                    &written,
                    input.baseAddress,
                    Int32(input.count)
                )
                precondition(done == 1 && Int(written) == input.count, "whole blocks pass the cipher in one step")
                count = Int(written)
            }
        }
    }
}
