import Redis

extension QueueScripts {
    /// Enters a new incarnation with its first lease. An incarnation that was known before is refused: it must never
    /// come back.
    ///
    /// KEYS: workers. ARGV: incarnation, lease (ms). Replies 1, or 0 where it was known.
    static let register = RedisScript(
        name: "register",
        source: leasePrelude + evenWhenFull + """
            return redis.call('ZADD', KEYS[1], 'NX', now + tonumber(ARGV[2]), ARGV[1])
            """
    )
}
