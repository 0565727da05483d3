package import Cryptography
import JSON

/// One event as it goes over the wire: encrypted and signed where the app has a key.
package struct SealedEvent: Sendable {
    package let body: [UInt8]
    package let headers: [(String, String)]

    /// Encrypts with AES-256-CBC under SHA-256 of the key, and signs SHA-256(timestamp, nonce, key, body): interface
    /// specification, sections 2.6 and 2.7.
    package init(
        _ plaintext: [UInt8],
        key: Secret?,
        now: Int64,
        isSigned: Bool = true
    ) throws(CryptographyError) {
        var headers = [
            ("Content-Type", "application/json;charset=utf-8"),
            ("X-Request-Id", Identifier.event()),
        ]
        guard let key else {
            body = plaintext
            self.headers = headers
            return
        }
        let initial = RandomBytes.generate(count: AES256CBC.blockByteCount)
        let encrypted = try AES256CBC.encrypt(
            key: SHA256.hash(Array(key.value.utf8)),
            iv: initial,
            plaintext: plaintext
        )
        let envelope: JSONValue = ["encrypt": .string(Base64.encode(initial + encrypted))]
        body = envelope.bytes
        if isSigned {
            let timestamp = String(now / 1000)
            let nonce = Identifier.nonce()
            headers += [
                ("X-Lark-Request-Timestamp", timestamp),
                ("X-Lark-Request-Nonce", nonce),
                (
                    "X-Lark-Signature",
                    Hex.encode(SHA256.hash(Array((timestamp + nonce + key.value).utf8) + body))
                ),
            ]
        }
        self.headers = headers
    }
}
