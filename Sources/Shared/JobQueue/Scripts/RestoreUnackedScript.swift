import Redis

extension QueueScripts {
    /// Puts messages back to the front of their lists that a Python worker took and never acknowledged, as kombu does
    /// (kombu.transport.redis, `QoS.restore_by_tag`).
    ///
    /// A message moves only while its entry is still what it was when it was read: kombu's own sweep, or the late
    /// acknowledgement of a worker that lives, may have been there before.
    ///
    /// KEYS: kombu's hash of what is not acknowledged, its sorted set by time, then the lists of each message.
    /// ARGV: per message four values: delivery tag, the hash's entry as it was read, the message to put back, the number
    /// of its lists.
    /// Replies the number put back.
    static let restoreUnacked = RedisScript(
        name: "restoreunacked",
        source: """
            local moved, list = 0, 3
            for at = 1, #ARGV, 4 do
              local lists = tonumber(ARGV[at + 3])
              if redis.call('HGET', KEYS[1], ARGV[at]) == ARGV[at + 1] then
                redis.call('HDEL', KEYS[1], ARGV[at])
                redis.call('ZREM', KEYS[2], ARGV[at])
                for index = list, list + lists - 1 do redis.call('RPUSH', KEYS[index], ARGV[at + 2]) end
                moved = moved + 1
              end
              list = list + lists
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
