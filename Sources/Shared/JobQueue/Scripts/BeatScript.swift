import Redis

extension QueueScripts {
    /// Extends a lease that still stands; never brings back one that was taken away.
    ///
    /// What it tells of running tasks replaces what it told before, and is gone with the lease.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped, cancelled, running. ARGV: incarnation, lease (ms), 1 to list
    /// the tags held, then task ids and for how long each has been running (ms), in turn. Replies `[number of tags held, [tag …], [id …]]`, the last being the latest 1,000 cancelled tasks, or the
    /// error FENCED.
    static let beat = RedisScript(
        name: "beat",
        source: leasePrelude + """
            if not standing(redis.call('ZSCORE', KEYS[1], ARGV[1]), KEYS[3], tonumber(ARGV[2])) then
              return redis.error_reply('FENCED the lease is gone')
            end
            -- First what frees memory: where that is full, a script that begins with another write is refused.
            redis.call('DEL', KEYS[5])
            redis.call('ZADD', KEYS[1], 'XX', now + tonumber(ARGV[2]), ARGV[1])
            if #ARGV > 3 then
              local entries = {unpack(ARGV, 4)}
              for at = 2, #entries, 2 do entries[at] = now - tonumber(entries[at]) end
              redis.call('HSET', KEYS[5], unpack(entries))
              redis.call('PEXPIRE', KEYS[5], ARGV[2])
            end
            return {redis.call('HLEN', KEYS[2]), ARGV[3] == '1' and redis.call('HKEYS', KEYS[2]) or {},
              redis.call('ZRANGE', KEYS[4], -1000, -1)}
            """
    )
}
