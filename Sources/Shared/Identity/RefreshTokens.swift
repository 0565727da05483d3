import Cryptography
import Redis

/// What lets a sign-in go on without the password: random texts that are good once, each in the place of the one before.
///
/// All of one sign-in are a family. A text that comes a second time was copied by somebody, and nobody can tell who of the
/// two is right: the family ends, and the access tokens that came of it are taken back.
struct RefreshTokens: Sendable {
    /// What a refresh token is good for.
    struct Grant: Equatable, Sendable {
        let subject: String
        /// ``Person/generation`` at the sign-in.
        let generation: String
        /// When the family ends (ms since 1970), however often it is refreshed.
        let expiresAt: Int64
    }

    /// The access token that is issued together with a refresh token.
    struct Access: Sendable {
        let id: String
        /// When it can be forgotten (ms since 1970).
        let expiresAt: Int64
    }

    /// How many access tokens may come of one sign-in.
    private static let most = 10_000

    private let redis: RedisClient
    private let keys: IdentityKeys
    private let now: @Sendable () -> Int64

    init(_ redis: RedisClient, now: @escaping @Sendable () -> Int64) {
        self.redis = redis
        self.now = now
        keys = IdentityKeys(redis)
    }

    /// Begins a family.
    ///
    /// - Returns: Its first refresh token.
    /// - Throws: `.unavailable`.
    func begin(_ grant: Grant, access: Access) async throws(IdentityError) -> Secret {
        let token = Self.make()
        let family = Hex.encode(RandomBytes.generate(count: 16))
        _ = try await run(
            Self.beginScript,
            [keys.refresh(Self.digest(token)), keys.family(family)],
            [family, grant.subject, grant.generation, grant.expiresAt, now(), access.id, access.expiresAt]
        )
        return token
    }

    /// Uses a refresh token up.
    ///
    /// - Returns: What it is good for, and the one in its place.
    /// - Throws: `.signedOut`, `.refreshReused`, `.unavailable`.
    func rotate(_ token: String, access: Access) async throws(IdentityError) -> (grant: Grant, next: Secret) {
        let next = Self.make()
        let reply = try await run(
            Self.rotateScript,
            [keys.refresh(Self.digest(Secret(token))), keys.refresh(Self.digest(next))],
            [keys.familyPrefix, keys.revokedPrefix, now(), access.id, access.expiresAt, Self.most]
        )
        switch reply[0]?.string {
        case "taken":
            guard let subject = reply[1]?.string, let generation = reply[2]?.string,
                let expiresAt = reply[3]?.integer
            else {
                throw .unavailable
            }
            return (Grant(subject: subject, generation: generation, expiresAt: expiresAt), next)
        case "reused": throw .refreshReused
        default: throw .signedOut
        }
    }

    /// Ends the family of a refresh token, and takes its access tokens back.
    ///
    /// - Returns: Whose it was; nil where nobody knows the token.
    /// - Throws: `.unavailable`.
    func end(_ token: String) async throws(IdentityError) -> String? {
        try await run(
            Self.endScript,
            [keys.refresh(Self.digest(Secret(token)))],
            [keys.familyPrefix, keys.revokedPrefix, now()]
        ).string
    }

    private static func make() -> Secret { Secret(Base64URL.encode(RandomBytes.generate(count: 32))) }

    private static func digest(_ token: Secret) -> String { Hex.encode(SHA256.hash(token.value.utf8)) }

    private func run(
        _ script: RedisScript,
        _ keys: RedisArguments,
        _ arguments: RedisArguments
    ) async throws(IdentityError) -> RedisReply {
        do {
            return try await redis.evaluate(script, keys: keys, arguments: arguments)
        } catch {
            throw .unavailable
        }
    }
}
