import Redis

/// The keys of identity in Redis. All share one hash slot, so that one script can use several.
struct IdentityKeys: Sendable {
    /// What every key begins with.
    private let base: String

    init(_ redis: RedisClient) { base = redis.key("{identity}:") }

    /// Hash: a person's name to what is known of them (``Person``, JSON).
    var people: String { base + "people" }
    /// Sorted set by end (ms): the tokens that were issued (``TokenRecord``, JSON).
    var tokens: String { base + "tokens" }
    /// What the marks of revoked tokens begin with; scripts make names of it.
    var revokedPrefix: String { base + "revoked:" }
    /// String with the token's rest of life: the token with this `jti` was revoked.
    func revoked(_ tokenID: String) -> String { revokedPrefix + tokenID }
    /// Hash with a life: one refresh token, by the SHA-256 of it.
    func refresh(_ digest: String) -> String { base + "refresh:" + digest }
    /// What the keys of families begin with; scripts make names of it.
    var familyPrefix: String { base + "family:" }
    /// Hash with a life, there while the sign-in holds: the `jti` of each access token of it to its end (ms).
    func family(_ id: String) -> String { familyPrefix + id }
    /// Hash with a life: the failed guesses at this, and until when nobody may guess.
    func attempts(_ guessed: GuessedThing) -> String { base + "attempts:" + guessed.name }
}
