import Redis

extension QueueScripts {
    /// One look at all leases: condemns those that ran out and names them.
    ///
    /// Where no reaper has looked for a whole lease, Redis was away or everybody was: then all leases are extended
    /// once instead, so that an outage is not taken for the death of the fleet.
    ///
    /// Where the look before lies in the future, the clock was set back. The leases that end after that look are by the
    /// old clock, and are set back as far: else nobody could tell for as long that their workers are dead.
    ///
    /// KEYS: workers, reaped. ARGV: lease (ms), at most how many to name. Replies incarnations to reclaim from.
    static let look = RedisScript(
        name: "look",
        source: leasePrelude + evenWhenFull + """
            local ttl = tonumber(ARGV[1])
            local last = tonumber(redis.call('GET', KEYS[2]) or 0)
            redis.call('SET', KEYS[2], now)
            if last > now then
              local old = redis.call('ZRANGEBYSCORE', KEYS[1], last + 1, '+inf', 'WITHSCORES')
              for at = 1, #old, 2 do
                local lease = tonumber(old[at + 1])
                redis.call('ZADD', KEYS[1], 'XX', math.min(lease, math.max(now + ttl, lease - last + now)), old[at])
              end
            end
            if last + ttl < now then
              for _, worker in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(0', now)) do
                redis.call('ZADD', KEYS[1], 'XX', now + ttl, worker)
              end
            end
            local expired = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[2])
            for _, worker in ipairs(expired) do redis.call('ZADD', KEYS[1], 'XX', 0, worker) end
            return expired
            """
    )

    /// Takes a batch of jobs from a condemned worker, to the front of the queue, marked as redelivered and with their
    /// delivery count raised. The lease goes only once nothing is left.
    ///
    /// A job that too many workers died of goes there, too: the worker that gets it does not run it, and settles it with
    /// all that follows from its end.
    ///
    /// KEYS: workers, in-flight hash of the dead worker, ready, deliveries.
    /// ARGV: incarnation, size of the batch, prefix of the queue's keys, 1 where there are lists by priority.
    /// Replies `[still held, put back]`.
    static let reclaim = RedisScript(
        name: "reclaim",
        source: leasePrelude + evenWhenFull + newestFirst + priorityFunctions + laneFunctions + limitFunctions
            + redeliveryFunction + """
                if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) ~= 0 then return {0, 0} end
                local tags = newestFirst(redis.call('HKEYS', KEYS[2]))
                local batch = math.min(#tags, tonumber(ARGV[2]))
                for index = 1, batch do
                  local message = redis.call('HGET', KEYS[2], tags[index])
                  local isJSON, envelope = pcall(cjson.decode, message)
                  local id = isJSON and type(envelope) == 'table' and type(envelope.headers) == 'table'
                    and envelope.headers.id
                  if type(id) == 'string' then redis.call('HINCRBY', KEYS[4], id, 1) end
                  putBack(ARGV[3], redelivered(message), KEYS[3], ARGV[4] == '1')
                  redis.call('HDEL', KEYS[2], tags[index])
                end
                if batch == #tags then redis.call('ZREM', KEYS[1], ARGV[1]) end
                return {#tags - batch, batch}
                """
    )
}
