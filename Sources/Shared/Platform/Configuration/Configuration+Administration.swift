package import Cryptography

extension Configuration {
    /// Who may administer, and what is written down of it.
    package struct Administration: Sendable {
        /// Signs tokens (HS256); nil where a key file does, or nobody may administer over HTTP.
        package let jwtSecret: Secret?
        /// Path of the private key that signs tokens (RS256, ES256).
        package let jwtPrivateKey: String?
        /// Path of a set of public keys whose tokens are taken, too.
        package let jwks: String?
        package let issuer: String
        package let audience: String
        package let tokenLifetime: Duration
        package let refreshLifetime: Duration
        package let stepUpLifetime: Duration
        /// Requests of one token in a minute.
        package let rateLimit: Int
        /// Networks of proxies whose word on the client's address counts.
        package let trustedProxies: [String]
        /// Path of the file that audit records are appended to.
        package let auditFile: String?
        package let auditDays: Int

        /// Whether the admin API can know anybody.
        package var isOpen: Bool { jwtSecret != nil || jwtPrivateKey != nil || jwks != nil }
    }
}

extension Configuration.Administration {
    init(_ settings: SettingsResolver) {
        jwtSecret = settings.secret("gateway.jwt.secret")
        jwtPrivateKey = settings.optionalText("gateway.jwt.private_key")
        jwks = settings.optionalText("gateway.jwt.jwks")
        issuer = settings.text("gateway.jwt.issuer")
        audience = settings.text("gateway.jwt.audience")
        tokenLifetime = settings.duration("admin.token_lifetime")
        refreshLifetime = settings.duration("admin.refresh_lifetime")
        stepUpLifetime = settings.duration("admin.step_up_lifetime")
        rateLimit = settings.integer("admin.rate_limit")
        trustedProxies = settings.optionalNames("admin.trusted_proxies") ?? []
        auditFile = settings.optionalText("audit.file")
        auditDays = settings.integer("audit.keep")
    }
}

extension SettingsResolver {
    /// What no setting of the admin API shows alone.
    mutating func checkAdministration() {
        if optionalText("gateway.jwt.secret") != nil, optionalText("gateway.jwt.private_key") != nil {
            add(ConfigurationProblem("gateway.jwt.private_key", "expected either a secret or a private key"))
        }
    }
}
