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

    /// Cancels what runs under an ordering key, and drops what waits for it, in one step.
    ///
    /// A holder that waits for its retry or a limit holds the key no more; it ends where it is handed out.
    ///
    /// KEYS: cancelled. ARGV: ordering key, how long the mark is kept (ms), channel, prefix of the queue's keys. Replies
    /// `[messages dropped, id of the holder or '']`.
    static let cancelLane = RedisScript(
        name: "cancellane",
        source: leasePrelude + laneFunctions + """
            local lane, prefix = ARGV[1], ARGV[4]
            local key = prefix .. 'lane:' .. lane
            local waiting = tonumber(redis.call('HGET', prefix .. 'lanes', lane) or 0)
            dropParked(prefix, lane)
            account(prefix, 0)
            local holder = redis.call('GET', key)
            if not holder then return {waiting, ''} end
            local isResting = string.sub(holder, 1, 1) == '~'
            local id = isResting and string.sub(holder, 2) or holder
            redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), id)
            redis.call('PUBLISH', ARGV[3], id)
            if isResting then redis.call('DEL', key) end
            return {waiting, id}
            """
    )
}
