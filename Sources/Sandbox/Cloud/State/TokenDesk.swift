/// Issues tenant access tokens and judges those shown, by the rules of the interface specification, section 4.
struct TokenDesk: Sendable {
    /// How a shown token was judged.
    enum Verdict: Equatable {
        case valid(appID: String)
        case missing, malformed, invalid
    }

    /// With at least this much left, the same token is given again.
    static let renewalMargin: Int64 = 30 * 60 * 1000

    private var live: [(token: String, app: String, expires: Int64)] = []
    private let lifetime: Int64

    init(lifetime: Duration) { self.lifetime = lifetime.milliseconds }

    /// The token to give this app now and the whole seconds it will live.
    mutating func issue(to app: String, now: Int64) -> (token: String, expire: Int64) {
        live.removeAll { $0.expires <= now }
        // A lifetime shorter than the real one keeps the proportion: a quarter of it is the margin.
        let margin = min(Self.renewalMargin, lifetime / 4)
        if let newest = live.last(where: { $0.app == app }), newest.expires - now >= margin {
            return (newest.token, (newest.expires - now) / 1000)
        }
        let token = Identifier.token()
        live.append((token, app, now + lifetime))
        return (token, lifetime / 1000)
    }

    /// Judges the `Authorization` header's value.
    func verdict(onHeader header: String?, now: Int64) -> Verdict {
        guard let header, !header.isEmpty else { return .missing }
        guard header.hasPrefix("Bearer ") else { return .malformed }
        let token = header.dropFirst("Bearer ".count)
        guard token.hasPrefix("t-") || token.hasPrefix("u-") else { return token.isEmpty ? .missing : .malformed }
        let found = live.first { $0.token == token && $0.expires > now }
        return found.map { Verdict.valid(appID: $0.app) } ?? .invalid
    }

    /// Makes every token invalid at once, as resetting the secret does.
    mutating func revokeAll() { live.removeAll() }
}
