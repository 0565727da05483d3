import Redis

/// The outbox of a queue on a Cluster: what follows from its tasks and goes to other hash slots. It is written in the
/// step that acknowledges the task, and emptied by whoever delivers it: the worker that wrote it, or another one once
/// that takes too long.
///
/// `{q}:outbox` is a sorted set of entries by when somebody began to deliver them (Redis' time, ms), `{q}:outbox:<entry>`
/// a list: a `CanvasPlan` as `StoredPlan` writes it, and its bodies.
extension QueueScripts {
    /// `putAside(prefix, id, values, first, last)` writes an entry; needs `now`.
    static let outboxFunction = """
        local function putAside(prefix, id, values, first, last)
          for at = first, last do redis.call('RPUSH', prefix .. 'outbox:' .. id, values[at]) end
          redis.call('ZADD', prefix .. 'outbox', now, id)
        end

        """

    /// Publishes of a canvas what goes to this queue, and writes the rest into its outbox.
    ///
    /// KEYS: ready, one that remembers the canvas (ready again for none). ARGV: prefix of the queue's keys, how long it
    /// is remembered (ms), id of the entry, number of the values that follow for this queue: a `CanvasPlan` and its
    /// bodies; then what the entry holds, if there is one. Replies 1, or 0 where it was published before.
    static let publishAside = RedisScript(
        name: "publishaside",
        source: leasePrelude + resultFunction + canvasFunctions + outboxFunction + """
            if KEYS[2] ~= KEYS[1] then
              if redis.call('EXISTS', KEYS[2]) == 1 then
                redis.call('SET', KEYS[2], 1, 'XX', 'KEEPTTL')
                return 0
              end
              redis.call('SET', KEYS[2], 1, 'PX', ARGV[2])
            end
            local near = tonumber(ARGV[4])
            if near > 0 then carryOut(ARGV[5], ARGV, 6) end
            if 4 + near < #ARGV then putAside(ARGV[1], ARGV[3], ARGV, 5 + near, #ARGV) end
            return 1
            """
    )

    /// What an entry holds, and a note that somebody delivers it now.
    ///
    /// KEYS: outbox, the entry. ARGV: id of the entry. Replies a list, empty where it was delivered.
    static let takeEntry = RedisScript(
        name: "takeentry",
        source: leasePrelude + """
            local values = redis.call('LRANGE', KEYS[2], 0, -1)
            if #values == 0 then redis.call('ZREM', KEYS[1], ARGV[1])
            else redis.call('ZADD', KEYS[1], 'XX', now, ARGV[1]) end
            return values
            """
    )

    /// Entries that nobody has begun to deliver for a while. KEYS: outbox. ARGV: how long (ms), at most how many.
    static let overdueEntries = RedisScript(
        name: "overdueentries",
        source: leasePrelude + """
            return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[1]), 'LIMIT', 0, ARGV[2])
            """
    )
}
