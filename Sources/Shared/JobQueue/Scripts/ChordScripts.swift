import Redis

/// What happens to a chord on a Cluster, where its keys are in a hash slot of their own. Whoever delivers an outbox runs
/// these; each changes nothing where it is run again with the same token.
extension QueueScripts {
    /// Sets up a chord, once for each token.
    ///
    /// KEYS: the chord's, its `.s`, `.c` and `.o`, who set it up. ARGV: token, how long that is remembered (ms), number
    /// of parts, life (ms, 0: for ever), the results of the header where they are nested ('' for not).
    static let setUpChord = RedisScript(
        name: "setupchord",
        source: """
            if redis.call('GET', KEYS[4]) == ARGV[1] then
              -- So that who waits for this to reach a replica has waited for what was written then.
              redis.call('SET', KEYS[4], ARGV[1], 'XX', 'KEEPTTL')
              return 0
            end
            redis.call('SET', KEYS[4], ARGV[1], 'PX', ARGV[2])
            redis.call('DEL', KEYS[3])
            redis.call('SET', KEYS[2], ARGV[3])
            if ARGV[5] ~= '' then redis.call('SET', KEYS[1], ARGV[5]) end
            if tonumber(ARGV[4]) > 0 then
              redis.call('PEXPIRE', KEYS[2], ARGV[4])
              redis.call('PEXPIRE', KEYS[1], ARGV[4])
            end
            return 1
            """
    )

    /// Counts a part of a chord. The one that completes it is told how it went, and has to call the body; where it is
    /// counted again it is told the same, until `endChord`.
    ///
    /// KEYS: the chord's, its `.s`, `.t`, `.j`, `.d` and `.c`. ARGV: token of who would call the body, life (ms, 0: for
    /// ever), task id, index or `+inf`, state, value or exception (JSON). Replies an empty list where the chord waits
    /// for others, is over or another's to call; else `[1, results]`, or `[0, error of the part, error of the chord]` and these two
    /// with a traceback behind each.
    static let countPart = RedisScript(
        name: "countpart",
        source: chordFunctions + """
            local base, caller = KEYS[1], redis.call('GET', KEYS[6])
            if not countPart(base, tonumber(ARGV[2]), ARGV[3], ARGV[4], ARGV[5], ARGV[6]) then return {} end
            if caller and caller ~= ARGV[1] then return {} end
            redis.call('SET', KEYS[6], ARGV[1])
            if tonumber(ARGV[2]) > 0 then redis.call('PEXPIRE', KEYS[6], ARGV[2]) end
            local isSuccess, first, second, third, fourth = judgeChord(base)
            if isSuccess then return {1, first} end
            return {0, first, second, third, fourth}
            """
    )

    /// Ends a chord whose body was called, or has failed.
    ///
    /// KEYS: as `countPart`. ARGV: token, 1 where the body was called. Replies 1, or 0 where it had ended.
    static let endChord = RedisScript(
        name: "endchord",
        source: chordFunctions + """
            if redis.call('GET', KEYS[6]) ~= ARGV[1] then return 0 end
            if ARGV[2] == '0' then redis.call('DEL', KEYS[6]) end
            endChord(KEYS[1], ARGV[2] == '1')
            return 1
            """
    )
}
