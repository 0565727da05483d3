package import Cryptography

/// A token that was just signed. Its text is shown once and kept nowhere.
package struct IssuedToken: Equatable, Sendable {
    package let token: Secret
    /// The `jti`, by which it can be revoked.
    package let id: String
    /// In milliseconds since 1970, a whole second.
    package let expiresAt: Int64
}

/// What is remembered of a token that was issued.
package struct TokenRecord: Equatable, Sendable, Codable {
    /// The `jti`.
    package let id: String
    package let subject: String
    /// A ``Role``'s name.
    package let role: String
    /// In milliseconds since 1970, as is the end.
    package let issuedAt: Int64
    package let expiresAt: Int64

    enum CodingKeys: String, CodingKey {
        case id, subject, role
        case issuedAt = "issued_at"
        case expiresAt = "expires_at"
    }
}
