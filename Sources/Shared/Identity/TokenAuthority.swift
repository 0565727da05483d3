import Cryptography
package import Redis

/// Issues access tokens, checks them, and takes them back.
///
/// A token is checked without asking anybody but Redis, once, for whether it was revoked. Where Redis does not answer, no
/// token is taken.
package struct TokenAuthority: Sendable {
    /// The longest that a token may live, whoever issued it, in seconds.
    package static let maximumLifetime: Int64 = 86_400
    /// How far clocks may be apart, in seconds.
    static let clockSkew: Int64 = 30

    /// What our tokens name, and what every token has to name.
    private let issuer: String
    private let audience: String
    private let keys: TokenKeys
    let ledger: TokenLedger
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64

    /// - Parameters:
    ///   - keys: What signs tokens and what checks them.
    ///   - issuer: The claim `iss` of every token.
    ///   - audience: The claim `aud`, or one of several.
    ///   - redis: Where revocations are.
    ///   - now: The time in milliseconds since 1970.
    package init(
        keys: TokenKeys,
        issuer: String,
        audience: String,
        redis: RedisClient,
        now: @escaping @Sendable () -> Int64
    ) {
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
        self.ledger = TokenLedger(redis)
        self.now = now
    }

    /// Signs an access token and notes that it is there.
    ///
    /// - Parameters:
    ///   - subject: Whom it is for: 1 to 256 bytes, not beginning with `local:`.
    ///   - role: What it allows.
    ///   - lifetime: Whole seconds, from one to a day.
    /// - Returns: The token.
    /// - Throws: `.notIssued` where it may not be, or there is no key to sign with; `.unavailable`.
    package func issue(subject: String, role: Role, lifetime: Duration) async throws(TokenError) -> IssuedToken {
        try await issue(subject: subject, role: role, lifetime: lifetime, id: Self.makeID())
    }

    /// As above, under an id that the caller made with ``makeID()``.
    func issue(subject: String, role: Role, lifetime: Duration, id: String) async throws(TokenError) -> IssuedToken {
        let time = now()
        let issued = try await sign(subject: subject, kind: .access(role), lifetime: lifetime, id: id, at: time)
        let record = TokenRecord(
            id: id,
            subject: subject,
            role: role.rawValue,
            issuedAt: time,
            expiresAt: issued.expiresAt
        )
        try await ledger.note(record, now: time)
        return issued
    }

    /// Checks an access token. One round trip.
    ///
    /// - Parameter token: The token's text, without `Bearer`.
    /// - Returns: Who it is.
    /// - Throws: ``TokenError``, saying why not.
    package func verify(_ token: String) async throws(TokenError) -> Principal {
        let claims = try await checked(token, byOwnKeyOnly: false)
        guard case .access(let role) = claims.kind else {
            throw .malformed("it is for a second step, and no access token")
        }
        guard try await !ledger.isRevoked(claims.id) else { throw TokenError(.revoked, "the token was revoked") }
        return Principal(
            subject: claims.subject,
            role: role,
            tokenID: claims.id,
            expiresAt: claims.expires * 1_000
        )
    }

    /// Takes a token back.
    ///
    /// - Parameters:
    ///   - id: The token's `jti`.
    ///   - until: When it would have ended (ms since 1970); nil where that is not known, then it is a day.
    /// - Throws: `.malformed` for an id that no token can have; `.unavailable`.
    package func revoke(_ id: String, until: Int64? = nil) async throws(TokenError) {
        guard (1...256).contains(id.utf8.count) else { throw .malformed("jti has to be 1 to 256 bytes") }
        let longest = (Self.maximumLifetime + Self.clockSkew) * 1_000
        let rest = until.map { $0 - now() + Self.clockSkew * 1_000 } ?? longest
        guard rest > 0 else { return }
        try await ledger.revoke(id, for: min(rest, longest))
    }

    /// Takes back every token that was issued here for a subject and still holds.
    ///
    /// - Throws: `.unavailable`.
    package func revokeAll(of subject: String) async throws(TokenError) {
        try await ledger.revokeAll(of: subject, now: now())
    }

    /// The tokens that were issued here and still hold, those that end last first.
    ///
    /// - Parameter limit: The most that are listed.
    /// - Returns: The tokens; those that were revoked are not among them.
    /// - Throws: `.unavailable`.
    package func list(limit: Int = 1_000) async throws(TokenError) -> [TokenRecord] {
        try await ledger.list(now: now(), limit: limit)
    }

    /// A `jti` that nobody can guess or meet again.
    static func makeID() -> String { Hex.encode(RandomBytes.generate(count: 16)) }

    /// Signs a token of any kind.
    func sign(
        subject: String,
        kind: TokenClaims.Kind,
        lifetime: Duration,
        id: String,
        at time: Int64
    ) async throws(TokenError) -> IssuedToken {
        guard let key = keys.own else { throw TokenError(.notIssued, "there is no key to sign tokens with") }
        guard Principal.isTokenSubject(subject) else {
            throw TokenError(.notIssued, "a subject has 1 to 256 bytes, no controls, and does not begin with local:")
        }
        let seconds = lifetime.components.seconds
        guard (1...Self.maximumLifetime).contains(seconds) else {
            throw TokenError(.notIssued, "a token lives from 1 to \(Self.maximumLifetime) seconds")
        }
        let claims = TokenClaims(
            issuer: issuer,
            audience: [audience],
            subject: subject,
            kind: kind,
            issuedAt: time / 1_000,
            notBefore: time / 1_000,
            expires: time / 1_000 + seconds,
            id: id
        )
        guard let token = try? await key.sign(claims) else {
            throw TokenError(.notIssued, "the key cannot sign")
        }
        return IssuedToken(token: Secret(token), id: id, expiresAt: claims.expires * 1_000)
    }

    /// What a token says that is genuine and holds now; whether it was revoked is not asked.
    func checked(_ token: String, byOwnKeyOnly: Bool) async throws(TokenError) -> TokenClaims {
        let header = try TokenHeader(of: token)
        guard let key = keys.key(for: header), !byOwnKeyOnly || key.id == keys.own?.id, await key.signed(token) else {
            throw TokenError(.badSignature, "the token is not signed by a key that is trusted here")
        }
        let claims = try TokenClaims(reading: header.payload)
        try claims.check(issuer: issuer, audience: audience, now: now())
        return claims
    }
}
