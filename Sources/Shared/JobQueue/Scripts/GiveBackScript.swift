import Redis

extension QueueScripts {
    /// Puts messages back to the front of the queue in their old order, as if they had not been taken.
    ///
    /// KEYS: workers, in-flight hash of the worker, ready, reaped.
    /// ARGV: incarnation, lease (ms), prefix of the queue's keys, 1 where there are lists by priority, tags to give back.
    /// Replies the number given back, or the error FENCED.
    static let giveBack = RedisScript(
        name: "giveback",
        source: leasePrelude + evenWhenFull + newestFirst + priorityFunctions + laneFunctions + limitFunctions + """
            if not standing(redis.call('ZSCORE', KEYS[1], ARGV[1]), KEYS[4], tonumber(ARGV[2])) then
              return redis.error_reply('FENCED the lease is gone')
            end
            local given = 0
            for _, tag in ipairs(newestFirst({unpack(ARGV, 5)})) do
              local message = redis.call('HGET', KEYS[2], tag)
              if message then
                putBack(ARGV[3], message, KEYS[3], ARGV[4] == '1')
                redis.call('HDEL', KEYS[2], tag)
                given = given + 1
              end
            end
            return given
            """
    )

    /// Ends a worker's registration: gives back a batch of what it still holds, and takes its lease out once nothing
    /// is left.
    ///
    /// KEYS: as for `giveBack`. ARGV: incarnation, lease (ms), prefix of the queue's keys, 1 where there are lists by
    /// priority, size of the batch. Replies the number still held, or the error FENCED.
    static let leave = RedisScript(
        name: "leave",
        source: leasePrelude + evenWhenFull + newestFirst + priorityFunctions + laneFunctions + limitFunctions + """
            if not standing(redis.call('ZSCORE', KEYS[1], ARGV[1]), KEYS[4], tonumber(ARGV[2])) then
              return redis.error_reply('FENCED the lease is gone')
            end
            local tags = newestFirst(redis.call('HKEYS', KEYS[2]))
            local batch = math.min(#tags, tonumber(ARGV[5]))
            for index = 1, batch do
              putBack(ARGV[3], redis.call('HGET', KEYS[2], tags[index]), KEYS[3], ARGV[4] == '1')
              redis.call('HDEL', KEYS[2], tags[index])
            end
            if batch == #tags then redis.call('ZREM', KEYS[1], ARGV[1]) end
            return #tags - batch
            """
    )
}
