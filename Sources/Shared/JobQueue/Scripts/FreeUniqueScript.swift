import Redis

extension QueueScripts {
    /// Frees a unique key whose task has begun; another task may have it by now.
    ///
    /// KEYS: unique key. ARGV: task id. Replies 1, or 0 where it is not the task's.
    static let freeUnique = RedisScript(
        name: "freeunique",
        source: """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('DEL', KEYS[1])
            """
    )
}
