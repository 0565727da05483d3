import JSON
import Redis

/// What Redis knows of tokens: which were issued and hold, and which were revoked.
struct TokenLedger: Sendable {
    /// How long the answer to "was it revoked?" may take.
    private static let patience: Duration = .seconds(2)

    private let redis: RedisClient
    private let keys: IdentityKeys

    init(_ redis: RedisClient) {
        self.redis = redis
        keys = IdentityKeys(redis)
    }

    /// Notes a token that was issued, and forgets those that have ended.
    func note(_ record: TokenRecord, now: Int64) async throws(TokenError) {
        guard let text = try? JSONTreeEncoder.value(of: record).text else { throw .unavailable }
        let commands = [
            RedisCommand("ZREMRANGEBYSCORE", keys.tokens, "-inf", now),
            RedisCommand("ZADD", keys.tokens, record.expiresAt, text),
        ]
        try await ask { () async throws(RedisError) in
            for result in try await redis.send(pipeline: commands) { _ = try result.get() }
        }
    }

    func isRevoked(_ id: String) async throws(TokenError) -> Bool {
        let reply = try await ask { () async throws(RedisError) in
            try await redis.send(RedisCommand("EXISTS", keys.revoked(id)), timeout: Self.patience)
        }
        guard let count = reply.integer else { throw .unavailable }
        return count != 0
    }

    /// Marks a token as revoked, for as long as that has to be remembered.
    func revoke(_ id: String, for milliseconds: Int64) async throws(TokenError) {
        _ = try await ask { () async throws(RedisError) in
            try await redis.send(RedisCommand("SET", keys.revoked(id), "1", "PX", milliseconds))
        }
    }

    func revokeAll(of subject: String, now: Int64) async throws(TokenError) {
        _ = try await ask { () async throws(RedisError) in
            try await redis.evaluate(
                Self.revokeAllScript,
                keys: [keys.tokens],
                arguments: [keys.revokedPrefix, subject, now, TokenAuthority.clockSkew * 1_000]
            )
        }
    }

    func list(now: Int64, limit: Int) async throws(TokenError) -> [TokenRecord] {
        let reply = try await ask { () async throws(RedisError) in
            try await redis.evaluate(
                Self.listScript,
                keys: [keys.tokens],
                arguments: [keys.revokedPrefix, now, limit]
            )
        }
        return (reply.array ?? []).compactMap { member in
            guard let bytes = member.bytes else { return nil }
            return try? JSONTape.decode(TokenRecord.self, from: bytes, in: bytes.indices)
        }
    }

    private func ask<Value>(
        _ question: () async throws(RedisError) -> Value
    ) async throws(TokenError) -> Value {
        do {
            return try await question()
        } catch {
            throw .unavailable
        }
    }

    /// Marks every token of a subject that still holds as revoked.
    ///
    /// KEYS: tokens. ARGV: what the marks' keys begin with, the subject, now (ms), how far clocks may be apart (ms).
    /// Replies how many.
    private static let revokeAllScript = RedisScript(
        name: "identity-revoke-all",
        source: """
            local count = 0
            for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. ARGV[3], '+inf')) do
              local record = cjson.decode(member)
              if record.subject == ARGV[2] then
                local rest = record.expires_at - tonumber(ARGV[3]) + tonumber(ARGV[4])
                redis.call('SET', ARGV[1] .. record.id, '1', 'PX', string.format('%.0f', rest))
                count = count + 1
              end
            end
            return count
            """
    )

    /// Lists the tokens that hold, those that end last first, and forgets those that have ended.
    ///
    /// KEYS: tokens. ARGV: what the marks of revoked tokens begin with, now (ms), the most that are listed. Replies the
    /// records.
    private static let listScript = RedisScript(
        name: "identity-list-tokens",
        source: """
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[2])
            local found = {}
            for _, member in ipairs(redis.call('ZREVRANGE', KEYS[1], 0, -1)) do
              if #found >= tonumber(ARGV[3]) then break end
              if redis.call('EXISTS', ARGV[1] .. cjson.decode(member).id) == 0 then found[#found + 1] = member end
            end
            return found
            """
    )
}
