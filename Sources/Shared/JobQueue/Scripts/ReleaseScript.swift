import Redis

extension QueueScripts {
    /// Condemns one worker that is known to be dead, before its lease has run out; `reclaim` then takes its jobs.
    ///
    /// Only for an incarnation whose process has ended: it asks nothing about the lease. One that was never registered,
    /// has left or was reaped is not entered again. A message that the dead had still under way finds itself refused.
    ///
    /// KEYS: workers. ARGV: incarnation. Replies 1, or 0 where it is not registered and nothing is to be reclaimed.
    static let release = RedisScript(
        name: "release",
        source: evenWhenFull + """
            if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
            redis.call('ZADD', KEYS[1], 'XX', 0, ARGV[1])
            return 1
            """
    )
}
