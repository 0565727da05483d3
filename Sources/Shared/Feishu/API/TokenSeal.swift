import Cryptography
import JSON

/// Encrypts one app's token for the store: AES-256-CBC, then HMAC-SHA-256 over app, vector and ciphertext, each under a
/// key of its own derived from the app's secret. Who reads Redis but does not know the secret gains nothing.
struct TokenSeal: Sendable {
    private let appID: String
    private let cipherKey: [UInt8]
    private let codeKey: [UInt8]

    init(app: FeishuApp) {
        appID = app.appID
        cipherKey = HMAC.sha256(key: app.appSecret.value.utf8, message: "feishu token, encryption".utf8)
        codeKey = HMAC.sha256(key: app.appSecret.value.utf8, message: "feishu token, authentication".utf8)
    }

    /// Base64 of vector, ciphertext and code. Different each time, also for the same token.
    func seal(_ token: Secret, lifetime: Int64) throws(CryptographyError) -> String {
        let plaintext: JSONValue = ["token": .string(token.value), "lifetime": .integer(lifetime)]
        let iv = RandomBytes.generate(count: AES256CBC.blockByteCount)
        let sealed = iv + (try AES256CBC.encrypt(key: cipherKey, iv: iv, plaintext: plaintext.bytes))
        return Base64.encode(sealed + code(of: sealed))
    }

    /// The token and its full lifetime in seconds; nil for what this app did not seal.
    func open(_ text: String) -> (token: Secret, lifetime: Int64)? {
        guard let bytes = try? Base64.decode(text), bytes.count >= 2 * AES256CBC.blockByteCount + SHA256.byteCount
        else {
            return nil
        }
        let sealed = Array(bytes.dropLast(SHA256.byteCount))
        guard constantTimeEquals(code(of: sealed), bytes.suffix(SHA256.byteCount)),
            let plaintext = try? AES256CBC.decrypt(
                key: cipherKey,
                iv: sealed.prefix(AES256CBC.blockByteCount),
                ciphertext: sealed.dropFirst(AES256CBC.blockByteCount)
            ),
            let json = try? JSONValue(parsing: plaintext),
            let token = json["token"]?.nonEmpty, let lifetime = json["lifetime"]?.integer
        else { return nil }
        return (Secret(token), lifetime)
    }

    private func code(of sealed: [UInt8]) -> [UInt8] {
        HMAC.sha256(key: codeKey, message: Array(appID.utf8) + [0] + sealed)
    }
}
