import Redis

extension QueueScripts {
    /// Extends a lease that still stands; never brings back one that was taken away.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped, cancelled. ARGV: incarnation, lease (ms), 1 to list the tags
    /// held. Replies `[number of tags held, [tag …], [id …]]`, the last being the latest 1,000 cancelled tasks, or the
    /// error FENCED.
    static let beat = RedisScript(
        name: "beat",
        source: leasePrelude + """
            if not standing(redis.call('ZSCORE', KEYS[1], ARGV[1]), KEYS[3], tonumber(ARGV[2])) then
              return redis.error_reply('FENCED the lease is gone')
            end
            redis.call('ZADD', KEYS[1], 'XX', now + tonumber(ARGV[2]), ARGV[1])
            return {redis.call('HLEN', KEYS[2]), ARGV[3] == '1' and redis.call('HKEYS', KEYS[2]) or {},
              redis.call('ZRANGE', KEYS[4], -1000, -1)}
            """
    )
}
