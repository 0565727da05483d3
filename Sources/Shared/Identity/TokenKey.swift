import Cryptography
import FoundationEssentials
import JSON
import JWTKit

/// One key, with the one algorithm that it takes.
struct TokenKey: Sendable {
    /// How a token is signed; the raw values are the names in its header (RFC 7518 §3.1).
    enum Algorithm: String, Sendable {
        case hs256 = "HS256"
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    let algorithm: Algorithm
    /// The `kid`: for keys of ours the thumbprint of RFC 7638; nil for a secret, of which nothing should be told.
    let id: String?
    /// As a JSON Web Key; nil for a secret.
    let publicKey: JSONValue?
    /// Holds this key alone, so that JWTKit has no other to fall back to.
    private let keys: JWTKeyCollection

    private init(_ algorithm: Algorithm, id: String?, publicKey: JSONValue?, keys: JWTKeyCollection) {
        self.algorithm = algorithm
        self.id = id
        self.publicKey = publicKey
        self.keys = keys
    }

    init(secret: Secret) async {
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: secret.value), digestAlgorithm: .sha256)
        self.init(.hs256, id: nil, publicKey: nil, keys: keys)
    }

    /// - Throws: `.privateKeyUnusable`.
    init(privateKey: Secret) async throws(TokenKeysError) {
        let keys = JWTKeyCollection()
        if let key = try? ES256PrivateKey(pem: privateKey.value), let (x, y) = key.parameters {
            await keys.add(ecdsa: key)
            // The members that the thumbprint is made of, in its order (RFC 7638 §3.2).
            let members: JSONValue = [
                "crv": "P-256", "kty": "EC", "x": .string(Self.urlForm(x)), "y": .string(Self.urlForm(y)),
            ]
            self.init(.es256, members: members, keys: keys)
        } else if let key = try? Insecure.RSA.PrivateKey(pem: privateKey.value),
            let (modulus, exponent) = try? key.publicKey.getKeyPrimitives()
        {
            await keys.add(rsa: key, digestAlgorithm: .sha256)
            let members: JSONValue = [
                "e": .string(Base64URL.encode(Array(exponent))), "kty": "RSA",
                "n": .string(Base64URL.encode(Array(modulus))),
            ]
            self.init(.rs256, members: members, keys: keys)
        } else {
            throw .privateKeyUnusable
        }
    }

    private init(_ algorithm: Algorithm, members: JSONValue, keys: JWTKeyCollection) {
        let thumbprint = Base64URL.encode(SHA256.hash(members.bytes))
        var key = members.object ?? JSONObject()
        key["kid"] = .string(thumbprint)
        key["alg"] = .string(algorithm.rawValue)
        key["use"] = "sig"
        self.init(algorithm, id: thumbprint, publicKey: .object(key), keys: keys)
    }

    /// A public RSA key of somebody else; nil where it is none, or has less than 2,048 bits.
    init?(id: String, modulus: String, exponent: String) async {
        guard let key = try? Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent) else { return nil }
        let keys = JWTKeyCollection()
        await keys.add(rsa: key, digestAlgorithm: .sha256)
        self.init(.rs256, id: id, publicKey: nil, keys: keys)
    }

    /// A public key of somebody else on the curve P-256; nil where it is none.
    init?(id: String, x: String, y: String) async {
        guard let key = try? ES256PublicKey(parameters: (x: x, y: y)) else { return nil }
        let keys = JWTKeyCollection()
        await keys.add(ecdsa: key)
        self.init(.es256, id: id, publicKey: nil, keys: keys)
    }

    /// JWTKit tells coordinates in the alphabet that is not for URLs.
    private static func urlForm(_ text: String) -> String {
        Base64URL.encode((try? Base64.decode(text)) ?? [])
    }

    /// The signed token.
    ///
    /// - Throws: What JWTKit does where the key cannot sign.
    func sign(_ claims: TokenClaims) async throws -> String {
        var header = JWTHeader()
        if let id { header.kid = id }
        return try await keys.sign(AnyClaims(claims: claims.json), header: header)
    }

    /// Whether this key signed it. What it says is for the caller to judge.
    func signed(_ token: String) async -> Bool {
        (try? await keys.verify(token, as: AnyClaims.self)) != nil
    }
}

/// Whatever a token says: JWTKit does the signature, and ``TokenClaims`` the rest.
private struct AnyClaims: JWTPayload {
    let claims: JSONValue

    init(claims: JSONValue) { self.claims = claims }
    init(from decoder: any Decoder) throws { claims = try JSONValue(from: decoder) }

    func encode(to encoder: any Encoder) throws { try claims.encode(to: encoder) }
    func verify(using algorithm: some JWTAlgorithm) {}
}
