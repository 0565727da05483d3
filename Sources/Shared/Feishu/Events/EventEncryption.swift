import Cryptography

/// One app's Encrypt Key, ready for use: AES-256-CBC under its SHA-256, payloads being Base64 of vector and ciphertext.
struct EventEncryption: Sendable {
    let encryptKey: Secret
    private let cipherKey: [UInt8]

    init(encryptKey: Secret) {
        self.encryptKey = encryptKey
        cipherKey = SHA256.hash(encryptKey.value.utf8)
    }

    /// The plaintext of a payload. Whatever is wrong with it, the refusal is the same.
    func decrypt(_ payload: [UInt8]) throws(EventRefusal) -> [UInt8] {
        do {
            let bytes = try Base64.decode(payload)
            guard bytes.count >= 2 * AES256CBC.blockByteCount else { throw EventRefusal.undecryptable }
            return try AES256CBC.decrypt(
                key: cipherKey,
                iv: bytes[..<AES256CBC.blockByteCount],
                ciphertext: bytes[AES256CBC.blockByteCount...]
            )
        } catch {
            throw .undecryptable
        }
    }
}
