package import Cryptography
package import JSON
import JWTKit

/// The keys that tokens are signed and checked with.
///
/// One may be our own: a secret (HS256) or a private key (RS256, ES256). Public keys of others may be beside it. Each key
/// takes its one algorithm, whatever a token's header asks for, so no public key can serve as a secret.
package struct TokenKeys: Sendable {
    /// The least that HS256 takes (RFC 7518 §3.2), in bytes.
    package static let minimumSecretByteCount = 32

    /// What signs our tokens; nil where only those of others are taken.
    let own: TokenKey?
    /// The keys that tokens name, by `kid`; our own among them, where it has one.
    private let named: [String: TokenKey]

    /// - Parameters:
    ///   - secret: Signs with HS256, unless there is a private key.
    ///   - privateKey: The text of a PEM file, RSA or P-256.
    ///   - keySet: The text of a JSON Web Key Set (RFC 7517) with public keys.
    /// - Throws: ``TokenKeysError``, saying which setting is wrong.
    package init(secret: Secret?, privateKey: Secret? = nil, keySet: String? = nil) async throws(TokenKeysError) {
        if let privateKey {
            own = try await TokenKey(privateKey: privateKey)
        } else if let secret {
            guard secret.value.utf8.count >= Self.minimumSecretByteCount else { throw .secretTooShort }
            own = await TokenKey(secret: secret)
        } else {
            own = nil
        }
        var named: [String: TokenKey] = [:]
        for key in try await TokenKeySet.keys(of: keySet) {
            guard let id = key.id, named.updateValue(key, forKey: id) == nil else {
                throw .keySetUnusable("two keys have the same kid")
            }
        }
        if let own, let id = own.id { named[id] = own }
        guard own != nil || !named.isEmpty else { throw .none }
        self.named = named
    }

    /// The key that has to have signed a token with this header; nil where there is none that may have.
    func key(for header: TokenHeader) -> TokenKey? {
        let key = if let id = header.keyID { named[id] } else { own }
        guard let key, key.algorithm.rawValue == header.algorithm else { return nil }
        return key
    }

    /// Our public key as a set, for who checks our tokens and for the time after the key was changed; empty for a secret.
    package var publicKeySet: JSONValue { ["keys": .array(own?.publicKey.map { [$0] } ?? [])] }
}
