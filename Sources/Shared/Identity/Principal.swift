/// Who acts, as a token or the host vouches for it.
package struct Principal: Equatable, Sendable {
    /// A person's name, or what a token was issued for. `local:USER` is somebody on the host, and no token says so.
    package let subject: String
    package let role: Role
    /// The `jti` of the access token; nil on the host.
    package let tokenID: String?
    /// When the token ends, in milliseconds since 1970; nil on the host.
    package let expiresAt: Int64?

    package init(subject: String, role: Role, tokenID: String? = nil, expiresAt: Int64? = nil) {
        self.subject = subject
        self.role = role
        self.tokenID = tokenID
        self.expiresAt = expiresAt
    }

    /// What the subjects of people on the host begin with.
    package static let localPrefix = "local:"

    /// Whether a token may name this subject: 1 to 256 bytes without controls, and nobody on the host.
    static func isTokenSubject(_ subject: String) -> Bool {
        (1...256).contains(subject.utf8.count) && !subject.hasPrefix(localPrefix)
            && subject.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
    }
}
