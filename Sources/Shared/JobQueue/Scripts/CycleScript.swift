import Redis

extension QueueScripts {
    /// Completes what a worker finished and hands it new work, in one step and one round trip.
    ///
    /// A completion counts only for a tag that the worker still holds, so one that is sent again because its reply was
    /// lost changes nothing. What is fetched lies in the in-flight hash before the reply leaves.
    ///
    /// Where the queue is paused nothing is fetched; all else goes on.
    ///
    /// KEYS: ready, in-flight hash of the worker, workers, scheduled, deliveries, dead, reaped, cancelled, paused, then
    /// result keys.
    /// ARGV: incarnation, lease (ms), number to fetch, tag of the first, bound of the dead list,
    /// prefix of the queue's keys, n and n tags that are simply done, then per other settlement ten values: tag, action
    /// (`done`, `later`, `dead`), task id whose delivery count and mark of cancellation end ('' for none), due time
    /// (ms), message or dead letter, index of its result key (0: none), life of the result (ms, 0: for ever), result,
    /// the ordering key that it held and leaves ('' for none), task id. What it leaves its lane to goes to the front,
    /// and can be fetched in the same step.
    /// Replies `[Redis' time (ms), next due time or -1, entries in deliveries and cancelled, [message …], 1 if paused]`,
    /// or the error FENCED.
    static let cycle = RedisScript(
        name: "cycle",
        source: leasePrelude + laneFunctions + resultFunction + """
            local ready, inflight, workers, scheduled = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
            local deliveries, dead = KEYS[5], KEYS[6]
            if not standing(redis.call('ZSCORE', workers, ARGV[1]), KEYS[7], tonumber(ARGV[2])) then
              return redis.error_reply('FENCED the lease is gone')
            end
            local free, tag, prefix, done = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[6], tonumber(ARGV[7])
            if done > 0 then redis.call('HDEL', inflight, unpack(ARGV, 8, 7 + done)) end

            for at = 8 + done, #ARGV, 10 do
              local action, id, due, text = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
              if redis.call('HDEL', inflight, ARGV[at]) == 1 then
                if action == 'later' then
                  while redis.call('ZADD', scheduled, 'NX', due, text) == 0 do text = text .. ' ' end
                elseif action == 'dead' then
                  redis.call('LPUSH', dead, text)
                  redis.call('LTRIM', dead, 0, tonumber(ARGV[5]) - 1)
                end
                if id ~= '' then
                  redis.call('HDEL', deliveries, id)
                  redis.call('ZREM', KEYS[8], id)
                end
                local key = KEYS[tonumber(ARGV[at + 5])]
                if key then storeResult(key, tonumber(ARGV[at + 6]), ARGV[at + 7]) end
                if ARGV[at + 8] ~= '' then leaveLane(prefix, ARGV[at + 8], ARGV[at + 9], ready) end
              end
            end

            local due = redis.call('ZRANGEBYSCORE', scheduled, '-inf', now, 'LIMIT', 0, 64)
            if #due > 0 then
              redis.call('ZREM', scheduled, unpack(due))
              for index = #due, 1, -1 do redis.call('RPUSH', ready, due[index]) end
            end

            local paused = redis.call('EXISTS', KEYS[9])
            if paused == 1 then free = 0 end
            local messages, rounds = {}, 0
            while #messages < free and rounds < 4 do
              local popped = redis.call('RPOP', ready, free - #messages)
              if not popped then break end
              rounds = rounds + 1
              for _, message in ipairs(popped) do
                local lane = ordered(message)
                if not lane or enter(prefix, lane, identity(message)) then messages[#messages + 1] = message
                else park(prefix, lane, message) end
              end
            end
            if #messages > 0 then
              local entries = {}
              for index, message in ipairs(messages) do
                entries[2 * index - 1] = tag + index - 1
                entries[2 * index] = message
              end
              redis.call('HSET', inflight, unpack(entries))
            end
            local next = -1
            if #messages < free then
              local first = redis.call('ZRANGE', scheduled, 0, 0, 'WITHSCORES')
              if first[2] then next = math.floor(tonumber(first[2])) end
            end
            return {now, next, redis.call('HLEN', deliveries) + redis.call('ZCARD', KEYS[8]), messages, paused}
            """
    )
}
