extension Setting {
    /// Who may administer, and what is written down of it.
    static let administration: [Setting] = [
        Setting(
            "gateway.jwt.private_key",
            "JWT_PRIVATE_KEY",
            .path,
            "File of the private key (PEM, RSA or P-256) that signs admin tokens (RS256, ES256) in place of the secret."
        ),
        Setting(
            "gateway.jwt.jwks",
            "JWT_JWKS",
            .path,
            "File of public keys (JSON Web Key Set) whose RS256 and ES256 tokens are taken, too."
        ),
        Setting(
            "gateway.jwt.issuer",
            "JWT_ISSUER",
            .text,
            default: "ai-assistant",
            "The issuer that admin tokens name and must name."
        ),
        Setting(
            "gateway.jwt.audience",
            "JWT_AUDIENCE",
            .text,
            default: "ai-assistant-admin",
            "The audience that admin tokens name and must name."
        ),
        Setting(
            "admin.token_lifetime",
            "ADMIN_TOKEN_LIFETIME",
            .seconds(10...86_400),
            default: "900",
            "Seconds for which a token is valid after a sign-in."
        ),
        Setting(
            "admin.refresh_lifetime",
            "ADMIN_REFRESH_LIFETIME",
            .seconds(60...2_592_000),
            default: "28800",
            "Seconds within which a sign-in can be refreshed without the password."
        ),
        Setting(
            "admin.step_up_lifetime",
            "ADMIN_STEP_UP_LIFETIME",
            .seconds(10...3_600),
            default: "300",
            "Seconds for which a second step holds, for one purpose."
        ),
        Setting(
            "admin.rate_limit",
            "ADMIN_RATE_LIMIT",
            .integer(1...1_000_000),
            default: "600",
            "Requests of one token to the admin API in a minute, over all gateways."
        ),
        Setting(
            "admin.trusted_proxies",
            "ADMIN_TRUSTED_PROXIES",
            .words,
            "Networks (CIDR) of proxies whose X-Forwarded-For is believed; none: the address of the connection counts."
        ),
        Setting(
            "audit.file",
            "AUDIT_FILE",
            .text,
            "File to which audit records are appended, too, as JSON lines; none: Redis alone."
        ),
        Setting(
            "audit.keep",
            "AUDIT_KEEP",
            .integer(1...36_500),
            default: "400",
            "Days for which audit records are kept in Redis."
        ),
    ]
}
