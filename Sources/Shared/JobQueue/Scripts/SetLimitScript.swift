import Redis

extension QueueScripts {
    /// Defines a limit or, with '', ends it; wakes the workers for those that wait for any.
    ///
    /// KEYS: limits, limited. ARGV: name, definition, channel to ring. Replies 1 where the limit was there before.
    static let setLimit = RedisScript(
        name: "setlimit",
        source: leasePrelude + """
            local was = redis.call('HEXISTS', KEYS[1], ARGV[1])
            if ARGV[2] == '' then redis.call('HDEL', KEYS[1], ARGV[1])
            else redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
            for _, name in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do redis.call('ZADD', KEYS[2], 'XX', now, name) end
            redis.call('PUBLISH', ARGV[3], '')
            return was
            """
    )
}
