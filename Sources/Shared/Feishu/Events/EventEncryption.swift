import Cryptography

/// One app's Encrypt Key, ready for use: AES-256-CBC under its SHA-256, payloads being vector and ciphertext.
struct EventEncryption: Sendable {
    let encryptKey: Secret
    private let cipherKey: [UInt8]

    init(encryptKey: Secret) {
        self.encryptKey = encryptKey
        cipherKey = SHA256.hash(encryptKey.value.utf8)
    }

    /// The plaintext of a payload: vector and ciphertext. Whatever is wrong with it, the refusal is the same.
    func decrypt(_ payload: [UInt8]) throws(EventRefusal) -> [UInt8] {
        guard payload.count >= 2 * AES256CBC.blockByteCount else { throw .undecryptable }
        do {
            let bytes = payload.span
            return try AES256CBC.decrypt(
                key: cipherKey.span,
                iv: bytes.extracting(first: AES256CBC.blockByteCount),
                ciphertext: bytes.extracting(droppingFirst: AES256CBC.blockByteCount)
            )
        } catch {
            throw .undecryptable
        }
    }
}
