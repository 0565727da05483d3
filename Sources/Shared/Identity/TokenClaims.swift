import JSON

/// What a token says (RFC 7519 §4.1), in the types it has to have.
///
/// A step-up token is of another kind than an access token, and neither is taken for the other: the one names a purpose
/// and no role, the other a role and no purpose.
struct TokenClaims: Equatable, Sendable {
    /// What a token is for.
    enum Kind: Equatable, Sendable {
        case access(Role)
        /// For one purpose, beside the access token with this `jti` only.
        case stepUp(StepUpPurpose, beside: String)
    }

    /// What the claim `typ` of a step-up token says.
    private static let stepUpType = "step-up"

    let issuer: String
    let audience: [String]
    let subject: String
    let kind: Kind
    /// Seconds since 1970, as are the other times.
    let issuedAt: Int64
    let notBefore: Int64
    let expires: Int64
    let id: String
}

extension TokenClaims {
    /// Reads the claims of a token whose signature was found right.
    ///
    /// - Throws: `.malformed`, naming the claim.
    init(reading payload: [UInt8]) throws(TokenError) {
        guard let claims = (try? JSONValue(parsing: payload, maximumDepth: 16))?.object,
            Set(claims.members.map(\.key)).count == claims.count
        else {
            throw .malformed("its claims are no JSON object")
        }
        func text(_ name: String) throws(TokenError) -> String {
            guard let text = claims[name]?.string, (1...256).contains(text.utf8.count) else {
                throw .malformed("\(name) is missing or no text")
            }
            return text
        }
        func time(_ name: String) throws(TokenError) -> Int64 {
            // A NumericDate may have a fraction; 2^40 s is after the year 36000.
            guard let seconds = claims[name]?.double, (0...Double(1 << 40)).contains(seconds) else {
                throw .malformed("\(name) is missing or no time")
            }
            return Int64(seconds)
        }
        issuer = try text("iss")
        if case .array(let several) = claims["aud"] {
            audience = several.compactMap(\.string)
            guard (1...16).contains(several.count), audience.count == several.count else {
                throw .malformed("aud is no list of texts")
            }
        } else {
            audience = [try text("aud")]
        }
        subject = try text("sub")
        guard Principal.isTokenSubject(subject) else { throw .malformed("sub is nobody who can have a token") }
        issuedAt = try time("iat")
        notBefore = try time("nbf")
        expires = try time("exp")
        id = try text("jti")
        if let type = claims["typ"] {
            guard type.string == Self.stepUpType, let purpose = StepUpPurpose(rawValue: try text("purpose")) else {
                throw .malformed("typ and purpose are none of ours")
            }
            kind = .stepUp(purpose, beside: try text("access"))
        } else {
            guard let role = Role(rawValue: try text("role")) else { throw .malformed("role is none of ours") }
            kind = .access(role)
        }
    }

    /// Checks who it is from and for, and when it holds.
    ///
    /// - Parameters:
    ///   - issuer: The only one that is taken.
    ///   - audience: One of those it has to be for.
    ///   - now: In milliseconds since 1970.
    /// - Throws: `.wrongIssuer`, `.wrongAudience`, `.notYetValid`, `.expired`, `.malformed` for a life that is too long.
    func check(issuer: String, audience: String, now: Int64) throws(TokenError) {
        guard self.issuer == issuer else { throw TokenError(.wrongIssuer, "the token is from another issuer") }
        guard self.audience.contains(audience) else {
            throw TokenError(.wrongAudience, "the token is for another audience")
        }
        guard expires > issuedAt, expires - issuedAt <= TokenAuthority.maximumLifetime else {
            throw .malformed("it lives for longer than a day, or not at all")
        }
        let skew = TokenAuthority.clockSkew
        guard max(notBefore, issuedAt) <= now / 1_000 + skew else {
            throw TokenError(.notYetValid, "the token is not valid yet")
        }
        guard now / 1_000 < expires + skew else { throw TokenError(.expired, "the token has expired") }
    }
}

extension TokenClaims {
    /// As they are written into a token. Our own have one audience.
    var json: JSONValue {
        var claims: JSONObject = [
            "iss": .string(issuer), "aud": .string(audience[0]), "sub": .string(subject), "iat": .integer(issuedAt),
            "nbf": .integer(notBefore), "exp": .integer(expires), "jti": .string(id),
        ]
        switch kind {
        case .access(let role):
            claims["role"] = .string(role.rawValue)
        case .stepUp(let purpose, let access):
            claims["typ"] = .string(Self.stepUpType)
            claims["purpose"] = .string(purpose.rawValue)
            claims["access"] = .string(access)
        }
        return .object(claims)
    }
}
