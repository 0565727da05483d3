import Redis

extension RefreshTokens {
    /// Begins a family with its first token.
    ///
    /// KEYS: the token's, the family's. ARGV: the family, subject, generation, when the family ends (ms), now (ms), the
    /// `jti` of the access token and when that can be forgotten (ms). Replies 1.
    static let beginScript = RedisScript(
        name: "identity-begin-family",
        source: """
            local life = string.format('%.0f', math.max(1, tonumber(ARGV[4]) - tonumber(ARGV[5])))
            redis.call('HSET', KEYS[1], 'family', ARGV[1], 'subject', ARGV[2], 'generation', ARGV[3], 'expires', ARGV[4])
            redis.call('PEXPIRE', KEYS[1], life)
            redis.call('HSET', KEYS[2], ARGV[6], ARGV[7])
            redis.call('PEXPIRE', KEYS[2], life)
            return 1
            """
    )

    /// Takes the access tokens of a family back and forgets the family.
    private static let ending = """
        local function finish(family, marks, now)
          local tokens = redis.call('HGETALL', family)
          for at = 1, #tokens, 2 do
            local rest = tonumber(tokens[at + 1]) - now
            if rest > 0 then redis.call('SET', marks .. tokens[at], '1', 'PX', string.format('%.0f', rest)) end
          end
          redis.call('DEL', family)
        end

        """

    /// Uses a token up and puts another in its place.
    ///
    /// KEYS: the token's, the next one's. ARGV: what the keys of families begin with, what the marks of revoked tokens
    /// begin with, now (ms), the `jti` of the access token and when that can be forgotten (ms), how many access tokens a
    /// family may have. Replies {taken, subject, generation, end of the family}, {reused} or {unknown}.
    static let rotateScript = RedisScript(
        name: "identity-rotate",
        source: ending + """
            local old = redis.call('HMGET', KEYS[1], 'family', 'subject', 'generation', 'expires', 'used')
            if not old[1] then return {'unknown'} end
            local family, now = ARGV[1] .. old[1], tonumber(ARGV[3])
            if old[5] then
              finish(family, ARGV[2], now)
              return {'reused'}
            end
            local life = tonumber(old[4]) - now
            local count = redis.call('HLEN', family)
            if count == 0 or count >= tonumber(ARGV[6]) or life <= 0 then return {'unknown'} end
            redis.call('HSET', KEYS[1], 'used', '1')
            redis.call('HSET', KEYS[2], 'family', old[1], 'subject', old[2], 'generation', old[3], 'expires', old[4])
            redis.call('PEXPIRE', KEYS[2], string.format('%.0f', life))
            redis.call('HSET', family, ARGV[4], ARGV[5])
            return {'taken', old[2], old[3], old[4]}
            """
    )

    /// Ends the family of a token.
    ///
    /// KEYS: the token's. ARGV: what the keys of families begin with, what the marks of revoked tokens begin with, now
    /// (ms). Replies the subject, or nil where the token is not known.
    static let endScript = RedisScript(
        name: "identity-end-family",
        source: ending + """
            local token = redis.call('HMGET', KEYS[1], 'family', 'subject')
            if not token[1] then return nil end
            finish(ARGV[1] .. token[1], ARGV[2], tonumber(ARGV[3]))
            return token[2]
            """
    )
}
