import Redis

extension QueueScripts {
    /// Puts messages back to the front of their lists that a Python worker took and never acknowledged, as kombu does
    /// (kombu.transport.redis, `QoS.restore_by_tag`).
    ///
    /// A message moves only while its entry is still what it was when it was read: kombu's own sweep, or the late
    /// acknowledgement of a worker that lives, may have been there before.
    ///
    /// KEYS: kombu's hash of what is not acknowledged, its sorted set by time, then the list of each message.
    /// ARGV: per message three values: delivery tag, the hash's entry as it was read, the message to put back.
    /// Replies the number put back.
    static let restoreUnacked = RedisScript(
        name: "restoreunacked",
        source: """
            local moved = 0
            for at = 1, #ARGV, 3 do
              if redis.call('HGET', KEYS[1], ARGV[at]) == ARGV[at + 1] then
                redis.call('HDEL', KEYS[1], ARGV[at])
                redis.call('ZREM', KEYS[2], ARGV[at])
                redis.call('RPUSH', KEYS[3 + (at - 1) / 3], ARGV[at + 2])
                moved = moved + 1
              end
            end
            return moved
            """
    )

    /// Ends a lock that is still its owner's. KEYS: the lock. ARGV: the owner's token. Replies 1 or 0.
    static let unlock = RedisScript(
        name: "unlock",
        source: """
            return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0
            """
    )
}
