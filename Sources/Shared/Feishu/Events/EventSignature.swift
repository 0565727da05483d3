import Cryptography

/// How Feishu signs what it delivers: a digest over timestamp, nonce, a key and the raw body, with nothing between.
enum EventSignature {
    /// How long ago a delivery may have been signed, in milliseconds: 8 hours, since Feishu redelivers for 7.1 and does
    /// not say whether it signs anew.
    static let maximumAge: Int64 = 8 * 3600 * 1000
    /// How far the signer's clock may be ahead, in milliseconds.
    static let maximumLead: Int64 = 600 * 1000

    /// The characters of a signature under the new rule, and of an old card callback's.
    static let byteCount = SHA256.byteCount * 2
    static let oldCardByteCount = SHA1.byteCount * 2

    /// Events and new card callbacks: SHA-256 with the Encrypt Key.
    static func sha256(timestamp: String, nonce: String, key: Secret, body: Span<UInt8>) -> [UInt8] {
        var digest = SHA256()
        digest.update(timestamp.utf8.span)
        digest.update(nonce.utf8.span)
        digest.update(key.value.utf8.span)
        digest.update(body)
        return Hex.encodedBytes(of: digest.finalize())
    }

    /// Old card callbacks: SHA-1 with the Verification Token.
    static func sha1(timestamp: String, nonce: String, token: Secret, body: Span<UInt8>) -> [UInt8] {
        var digest = SHA1()
        digest.update(timestamp.utf8.span)
        digest.update(nonce.utf8.span)
        digest.update(token.value.utf8.span)
        digest.update(body)
        return Hex.encodedBytes(of: digest.finalize())
    }

    /// Refuses a signature that is not `expected`, and then a time outside the window around `now` (Unix seconds).
    static func check(
        _ headers: EventHeaders,
        now: Int64,
        expected: (_ timestamp: String, _ nonce: String) -> [UInt8]
    ) throws(EventRefusal) {
        guard let signature = headers.signature else { throw .missingSignature }
        guard let timestamp = headers.timestamp else { throw .staleTimestamp }
        let digest = expected(timestamp, headers.nonce ?? "")
        guard constantTimeEquals(digest.span, signature.utf8.span) else { throw .badSignature }
        guard let signedAt = EventTime.milliseconds(timestamp) else { throw .staleTimestamp }
        let age = now * 1000 - signedAt
        guard (-maximumLead...maximumAge).contains(age) else { throw .staleTimestamp }
    }
}
