import Cryptography
import FoundationEssentials
import Identity
import JSON
import JWTKit
import TestSupport

/// A private key that signs whatever header it is told to, as who attacks does.
struct SigningKey: Sendable {
    enum Kind: String, CaseIterable {
        case rs256 = "RS256"
        case es256 = "ES256"
    }

    let kind: Kind
    /// The private key.
    let pem: String
    /// As `/jwks.json` would show it.
    let publicKey: JSONValue
    let id: String
    private let keys = JWTKeyCollection()

    init(_ kind: Kind) async throws {
        self.kind = kind
        switch kind {
        case .rs256:
            pem = try TestKeys.rsaPEM()
            await keys.add(rsa: try Insecure.RSA.PrivateKey(pem: pem), digestAlgorithm: .sha256)
        case .es256:
            pem = try TestKeys.ecPEM(curve: "P-256")
            await keys.add(ecdsa: try ES256PrivateKey(pem: pem))
        }
        publicKey =
            try await TokenKeys(secret: nil, privateKey: Secret(pem)).publicKeySet["keys"]?.array?.first ?? .null
        id = publicKey["kid"]?.string ?? ""
    }

    /// Everything that says the public key, and that somebody might take for the secret of an HMAC.
    var publicForms: [(name: String, bytes: [UInt8])] {
        get throws {
            let text = try TestKeys.publicPEM(of: pem)
            let base64 = text.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
            return [
                ("PEM", Array(text.utf8)), ("PEM without its last line break", Array(text.utf8.dropLast())),
                ("DER", try Base64.decode(base64)), ("DER in Base64", Array(base64.utf8)), ("JWK", publicKey.bytes),
                ("JWKS", JSONValue.object(["keys": [publicKey]]).bytes), ("kid", Array(id.utf8)),
            ]
        }
    }

    /// A token under this key, with a header that may say something else.
    func sign(_ claims: AnyClaims, algorithm: String, id: String?) async throws -> String {
        try await Self.sign(claims, with: keys, algorithm: algorithm, id: id)
    }

    /// A token under a secret.
    static func sign(_ claims: AnyClaims, secret: [UInt8], id: String?) async throws -> String {
        let keys = JWTKeyCollection()
        // JWTKit takes no short secret; an HMAC fills it up with zeros itself (RFC 2104).
        let filled = secret + Array(repeating: 0, count: max(0, 32 - secret.count))
        await keys.add(hmac: HMACKey(from: filled), digestAlgorithm: .sha256)
        return try await sign(claims, with: keys, algorithm: "HS256", id: id)
    }

    private static func sign(
        _ claims: AnyClaims,
        with keys: JWTKeyCollection,
        algorithm: String,
        id: String?
    ) async throws -> String {
        var header = JWTHeader()
        header.alg = algorithm
        if let id { header.kid = id }
        return try await keys.sign(claims, header: header)
    }
}

/// Claims as the API wants them, for access or a second step.
struct AnyClaims: JWTPayload {
    let claims: JSONValue

    /// What an admin's access token says.
    static func access(at seconds: Int64) -> AnyClaims { AnyClaims(["role": "admin", "jti": "forged"], at: seconds) }

    /// What a step-up token says.
    static func stepUp(_ purpose: StepUpPurpose, beside access: String, at seconds: Int64) -> AnyClaims {
        AnyClaims(
            [
                "typ": "step-up", "purpose": .string(purpose.rawValue), "access": .string(access),
                "jti": "forged-step-up",
            ],
            at: seconds
        )
    }

    private init(_ own: JSONObject, at seconds: Int64) {
        var claims = own
        claims["iss"] = "ai-assistant"
        claims["aud"] = "ai-assistant-admin"
        claims["sub"] = "robot"
        claims["iat"] = .integer(seconds)
        claims["nbf"] = .integer(seconds)
        claims["exp"] = .integer(seconds + 600)
        self.claims = .object(claims)
    }

    init(from decoder: any Decoder) throws { claims = try JSONValue(from: decoder) }

    func encode(to encoder: any Encoder) throws { try claims.encode(to: encoder) }
    func verify(using algorithm: some JWTAlgorithm) {}
}

/// The files of an API that signs with a private key and still takes what older ones signed.
struct KeyFiles {
    let keys: TokenKeys
    private let folder: URL

    /// What names the files.
    var settings: [String: String] {
        [
            "JWT_SECRET": "", "JWT_PRIVATE_KEY": folder.appending(path: "key.pem").path,
            "JWT_JWKS": folder.appending(path: "jwks.json").path,
        ]
    }

    /// Runs `body` with the files, which are gone afterwards.
    static func with(
        own: SigningKey,
        older: [SigningKey],
        _ body: (KeyFiles) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "keys-\(Hex.encode(RandomBytes.generate(count: 8)))"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        let keySet: JSONValue = ["keys": .array(older.map(\.publicKey))]
        try Data(own.pem.utf8).write(to: folder.appending(path: "key.pem"))
        try Data(keySet.bytes).write(to: folder.appending(path: "jwks.json"))
        let keys = try await TokenKeys(secret: nil, privateKey: Secret(own.pem), keySet: keySet.text)
        try await body(KeyFiles(keys: keys, folder: folder))
    }
}
