/// Keys that tokens cannot be signed or checked with. The start is refused with one of these.
package enum TokenKeysError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is neither a secret nor a private key nor a set of public keys.
    case none
    case secretTooShort
    case privateKeyUnusable
    /// What is wrong with the set, and with which of its keys.
    case keySetUnusable(String)

    package var description: String {
        switch self {
        case .none: "no key for tokens: set gateway.jwt.secret, gateway.jwt.private_key or gateway.jwt.jwks"
        case .secretTooShort: "gateway.jwt.secret has to be at least \(TokenKeys.minimumSecretByteCount) bytes"
        case .privateKeyUnusable:
            "gateway.jwt.private_key has to be a private key in PEM, without a passphrase: RSA of 2,048 bits or more, "
                + "or P-256"
        case .keySetUnusable(let what): "gateway.jwt.jwks is no usable set of public keys: \(what)"
        }
    }
}
