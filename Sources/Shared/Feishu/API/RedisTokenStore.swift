package import Redis

/// Tokens in Redis: `feishu:token:<app id>` (string, sealed, expires with the token) and `feishu:token:<app id>:renewal`
/// (string, who renews, expires by itself). Nobody else reads either.
package struct RedisTokenStore: TokenStore {
    private let redis: RedisClient

    package init(_ redis: RedisClient) { self.redis = redis }

    func tokenKey(_ appID: String) -> String { redis.key("feishu:token:\(appID)") }
    func renewalKey(_ appID: String) -> String { redis.key("feishu:token:\(appID):renewal") }

    /// One round trip. The lifetime is read first: should a new token come between, its end is only taken too early.
    package func load(appID: String) async throws -> (sealed: String, remaining: Duration)? {
        let key = tokenKey(appID)
        let replies = try await redis.send(pipeline: [RedisCommand("PTTL", key), RedisCommand("GET", key)])
        guard replies.count == 2, let remaining = try replies[0].get().integer, remaining > 0,
            let sealed = try replies[1].get().string
        else { return nil }
        return (sealed, .milliseconds(remaining))
    }

    package func save(_ sealed: String, appID: String, lifetime: Duration) async throws {
        let milliseconds = Int64(lifetime / .milliseconds(1))
        guard milliseconds > 0 else { return }
        _ = try await redis.send(RedisCommand("SET", tokenKey(appID), sealed, "PX", milliseconds))
    }

    package func discard(_ sealed: String, appID: String) async throws {
        _ = try await redis.evaluate(Self.removeScript, keys: [tokenKey(appID)], arguments: [sealed])
    }

    package func claimRenewal(appID: String, by claimant: String, for duration: Duration) async throws -> Bool {
        let milliseconds = Int64(duration / .milliseconds(1))
        let command = RedisCommand("SET", renewalKey(appID), claimant, "NX", "PX", milliseconds)
        return try await !redis.send(command).isNull
    }

    package func releaseRenewal(appID: String, by claimant: String) async throws {
        _ = try await redis.evaluate(Self.removeScript, keys: [renewalKey(appID)], arguments: [claimant])
    }

    /// KEYS[1]: a token or claim. ARGV[1]: the value to remove. Replies 1 if it was there, 0 if not or replaced.
    private static let removeScript = RedisScript(
        name: "feishu-token-remove",
        source: """
            if redis.call('GET', KEYS[1]) == ARGV[1] then
              return redis.call('DEL', KEYS[1])
            end
            return 0
            """
    )
}
