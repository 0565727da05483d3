/// Input that a codec or cipher refused.
///
/// Deliberately poor in detail: what exactly was wrong with a ciphertext must not reach whoever sent it.
package enum CryptographyError: Error, Equatable, CustomStringConvertible {
    /// The key, or the initialisation vector or nonce, does not have the cipher's length.
    case wrongKeyLength
    /// The ciphertext is not whole blocks, its padding is not PKCS#7, or its tag is wrong.
    case undecryptable
    /// The text is not Base64 (RFC 4648 §4, canonical) or not hexadecimal.
    case badEncoding

    package var description: String {
        switch self {
        case .wrongKeyLength: "key or initialisation vector of the wrong length"
        case .undecryptable: "cannot be decrypted"
        case .badEncoding: "not valid Base64 or hexadecimal"
        }
    }
}
