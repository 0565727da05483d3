import Cryptography

/// Proof that a request comes from the assistant.
enum RequestSignature {
    /// How far a request's time may be from ours, in seconds.
    static let window: Int64 = 300
    static let leastSecretBytes = 16

    /// What a request is signed over, besides its body.
    struct Request {
        let method: String
        /// As it stands in the request line.
        let path: String
        let idempotencyKey: String
        let timestamp: String
    }

    /// The value of `Plugin-Signature`.
    static func signature(of request: Request, body: [UInt8], secret: Secret) -> String {
        let head = "\(request.timestamp).\(request.method).\(request.path).\(request.idempotencyKey)."
        let code = HMAC.sha256(key: Array(secret.value.utf8), message: Array(head.utf8) + body)
        return "v1=" + Hex.encode(code)
    }

    /// Whether a request is the assistant's.
    ///
    /// - Parameters:
    ///   - request: What is signed besides the body, as it came.
    ///   - body: The body.
    ///   - given: The header `Plugin-Signature`.
    ///   - secret: What only the assistant and we know.
    ///   - now: Seconds since 1970.
    /// - Returns: Why it is not; nil where it is.
    static func refusal(
        of request: Request,
        body: [UInt8],
        given: String,
        secret: Secret,
        now: Int64
    ) -> String? {
        let isNumber = request.timestamp.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard isNumber, request.timestamp.utf8.count <= 15, let time = Int64(request.timestamp) else {
            return "Plugin-Timestamp is missing or no number of seconds"
        }
        let expected = signature(of: request, body: body, secret: secret)
        guard constantTimeEquals(given.utf8, expected.utf8) else {
            return "Plugin-Signature is not that of this request under our secret"
        }
        guard abs(now - time) <= window else {
            return "Plugin-Timestamp is more than \(window) seconds off; are the clocks right?"
        }
        return nil
    }
}
