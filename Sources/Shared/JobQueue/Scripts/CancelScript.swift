import Redis

extension QueueScripts {
    /// Marks a task as cancelled, wherever it is or may yet come, and tells the workers.
    ///
    /// A mark is taken off by the worker that ends the task for it, or by its age.
    ///
    /// KEYS: cancelled. ARGV: task id, how long the mark is kept (ms), channel. Replies the number of workers told.
    static let cancel = RedisScript(
        name: "cancel",
        source: leasePrelude + """
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
            redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
            return redis.call('PUBLISH', ARGV[3], ARGV[1])
            """
    )
}
