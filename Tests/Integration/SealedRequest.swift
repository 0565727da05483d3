import Cryptography
import Foundation
import JSON
import TestSupport

/// Where events are delivered.
enum EventPath {
    static let path = "/api/feishu/events"
}

/// One delivery as Feishu would send it: encrypted with AES-256-CBC under the key's SHA-256, and signed with the
/// SHA-256 of timestamp, nonce, key and body.
struct SealedRequest {
    enum Signature { case valid, none, zeros, wrongKey, oldCard(token: String) }

    var headers: [(String, String)]
    var body: [UInt8]

    /// Encrypts and signs. `age` are the seconds since then; in the byte `flipped` of what is encrypted (initial vector
    /// first) a bit flips on the way.
    init(
        _ event: JSONValue,
        key: String = AssistantSystem.App.encryptKey,
        signature: Signature = .valid,
        age: Int = 0,
        flipped: Int? = nil
    ) throws {
        try self.init(
            body: Self.encrypted(Array(event.text.utf8), key: key, flipped: flipped),
            key: key,
            signature: signature,
            age: age
        )
    }

    /// Signs a body as it is.
    init(body: [UInt8], key: String, signature: Signature = .valid, age: Int = 0) {
        self.body = body
        headers = [("Content-Type", "application/json;charset=utf-8")]
        let timestamp = String(Int(Date().timeIntervalSince1970) - age)
        let nonce = Hex.encode(RandomBytes.generate(count: 8))
        func digest(_ key: String) -> String { Hex.encode(SHA256.hash(Array((timestamp + nonce + key).utf8) + body)) }
        let signed: String
        switch signature {
        case .none: return
        case .valid: signed = digest(key)
        case .zeros: signed = String(repeating: "0", count: 64)
        case .wrongKey: signed = digest("another key")
        case .oldCard(let token): signed = Hex.encode(SHA1.hash(Array((timestamp + nonce + token).utf8) + body))
        }
        headers += [
            ("X-Lark-Request-Timestamp", timestamp), ("X-Lark-Request-Nonce", nonce), ("X-Lark-Signature", signed),
        ]
    }

    static func encrypted(_ plaintext: [UInt8], key: String, flipped: Int? = nil) throws -> [UInt8] {
        let initial = RandomBytes.generate(count: AES256CBC.blockByteCount)
        var sealed =
            try initial
            + AES256CBC.encrypt(key: SHA256.hash(Array(key.utf8)), iv: initial, plaintext: plaintext)
        if let flipped { sealed[flipped] ^= 1 }
        let envelope: JSONValue = ["encrypt": .string(Base64.encode(sealed))]
        return Array(envelope.text.utf8)
    }

    /// As it goes over the wire.
    var bytes: [UInt8] {
        let fields = [("Host", "gateway"), ("Content-Length", "\(body.count)")] + headers
        let head = "POST \(EventPath.path) HTTP/1.1\r\n" + fields.map { "\($0): \($1)\r\n" }.joined() + "\r\n"
        return Array(head.utf8) + body
    }
}
