import Redis

extension QueueScripts {
    /// Puts tasks of the dead list back into their queue, behind what waits there.
    ///
    /// Only what still stands in the dead list moves: where two operators choose the same letter, one of them moves it.
    /// The list is searched from its old end, so those who take the oldest first search least.
    ///
    /// KEYS: dead, ready, deliveries, counts.
    /// ARGV: per letter three values: the element of the dead list, the message to run, its task id ('' for none).
    /// Replies the number moved.
    static let retryDead = RedisScript(
        name: "retrydead",
        source: isOurs + """
            local moved, added = 0, 0
            for at = 1, #ARGV, 3 do
              if redis.call('LREM', KEYS[1], -1, ARGV[at]) == 1 then
                redis.call('LPUSH', KEYS[2], ARGV[at + 1])
                if ARGV[at + 2] ~= '' then redis.call('HDEL', KEYS[3], ARGV[at + 2]) end
                moved = moved + 1
                if isOurs(ARGV[at + 1]) then added = added + 1 end
              end
            end
            if added > 0 then redis.call('HINCRBY', KEYS[4], 'added', added) end
            return moved
            """
    )

    /// Removes letters for good that are older than a time, the oldest first.
    ///
    /// Stops at the first that is not, or does not say.
    ///
    /// KEYS: dead. ARGV: the time as letters write it, at most how many, prefix of the queue's keys. Replies the number
    /// removed.
    static let expireDead = RedisScript(
        name: "expiredead",
        source: laneFunctions + """
            for removed = 0, tonumber(ARGV[2]) - 1 do
              local letter = redis.call('LINDEX', KEYS[1], -1)
              local at = letter and string.match(letter, '^{"at":"([^"]+)"')
              if not at or at >= ARGV[1] then return removed end
              redis.call('RPOP', KEYS[1])
              dropBodyOf(ARGV[3], letter)
            end
            return tonumber(ARGV[2])
            """
    )

    /// Removes letters from the dead list for good.
    ///
    /// KEYS: dead. ARGV: prefix of the queue's keys, then the elements. Replies the number removed.
    static let dropDead = RedisScript(
        name: "dropdead",
        source: laneFunctions + """
            local removed = 0
            for at = 2, #ARGV do
              if redis.call('LREM', KEYS[1], -1, ARGV[at]) == 1 then
                dropBodyOf(ARGV[1], ARGV[at])
                removed = removed + 1
              end
            end
            return removed
            """
    )
}
