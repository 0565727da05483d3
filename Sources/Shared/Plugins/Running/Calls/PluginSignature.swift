package import Cryptography

/// How a request shows that it comes from us: HMAC-SHA256 over when, where, which and what.
package enum PluginSignature {
    /// The names of the headers.
    package enum Header {
        package static let contract = "Plugin-Contract"
        package static let timestamp = "Plugin-Timestamp"
        package static let idempotencyKey = "Plugin-Idempotency-Key"
        package static let requestID = "Plugin-Request-Id"
        package static let signature = "Plugin-Signature"
    }

    /// The value of the header `Plugin-Signature`.
    ///
    /// - Parameters:
    ///   - secret: What we and the plugin share.
    ///   - timestamp: Seconds since 1970, as in `Plugin-Timestamp`.
    ///   - method: Such as `POST`.
    ///   - path: As the request names it, such as `/handle_message`.
    ///   - idempotencyKey: As in `Plugin-Idempotency-Key`; empty where there is none.
    ///   - body: As sent; empty where there is none.
    /// - Returns: `v1=` and 64 hexadecimal digits.
    package static func value(
        secret: Secret,
        timestamp: Int64,
        method: String,
        path: String,
        idempotencyKey: String,
        body: [UInt8]
    ) -> String {
        let message = Array("\(timestamp).\(method).\(path).\(idempotencyKey).".utf8) + body
        return "v1=\(Hex.encode(HMAC.sha256(key: Array(secret.value.utf8), message: message)))"
    }
}
