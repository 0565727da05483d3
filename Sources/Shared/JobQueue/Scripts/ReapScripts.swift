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

    /// Takes a batch of jobs from a condemned worker: to the front of the queue with their delivery count raised, or
    /// to the dead list where too many workers died holding them, which frees their ordering and unique keys. The lease goes only
    /// once nothing is left.
    ///
    /// KEYS: workers, in-flight hash of the dead worker, ready, deliveries, dead.
    /// ARGV: incarnation, deliveries allowed, size of the batch, bound of the dead list, time for dead letters (text),
    /// prefix of the queue's keys, 1 where there are lists by priority.
    /// Replies `[still held, put back, [message that went to the dead list …]]`.
    static let reclaim = RedisScript(
        name: "reclaim",
        source: leasePrelude + evenWhenFull + newestFirst + priorityFunctions + laneFunctions + limitFunctions + """
            if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) ~= 0 then return {0, 0, {}} end
            local tags = newestFirst(redis.call('HKEYS', KEYS[2]))
            local batch = math.min(#tags, tonumber(ARGV[3]))
            local back, dead = 0, {}
            for index = 1, batch do
              local message = redis.call('HGET', KEYS[2], tags[index])
              local isJSON, envelope = pcall(cjson.decode, message)
              local id = isJSON and type(envelope) == 'table' and type(envelope.headers) == 'table'
                and envelope.headers.id
              local count = type(id) == 'string' and redis.call('HINCRBY', KEYS[4], id, 1) or 0
              if count >= tonumber(ARGV[2]) then
                redis.call('HDEL', KEYS[4], id)
                redis.call('LPUSH', KEYS[5], '{"at":"' .. ARGV[5] .. '","error":{"exc_type":"WorkerLostError",'
                  .. '"exc_message":["' .. count .. ' workers died while they held this task"]},"deliveries":' .. count
                  .. ',"message":' .. message .. '}')
                redis.call('LTRIM', KEYS[5], 0, tonumber(ARGV[4]) - 1)
                release(ARGV[6], limitsOf(ARGV[6]), message)
                local lane, unique = ordered(message), member(message, 'unique_key')
                if lane then leaveLane(ARGV[6], lane, id, KEYS[3]) end
                if unique then freeUnique(ARGV[6], unique, id) end
                finish(message)
                dead[#dead + 1] = message
              else
                putBack(ARGV[6], message, KEYS[3], ARGV[7] == '1')
                back = back + 1
              end
              redis.call('HDEL', KEYS[2], tags[index])
            end
            if batch == #tags then redis.call('ZREM', KEYS[1], ARGV[1]) end
            account(ARGV[6], 0)
            return {#tags - batch, back, dead}
            """
    )
}
