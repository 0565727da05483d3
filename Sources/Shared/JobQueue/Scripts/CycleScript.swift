import Redis

extension QueueScripts {
    private static let cycleFunctions =
        leasePrelude + priorityFunctions + laneFunctions + limitFunctions + limitNews + serveInTurns + resultFunction
        + canvasFunctions + outboxFunction

    /// Completes what a worker finished and hands it new work, in one step and one round trip.
    ///
    /// A completion counts only for a tag that the worker still holds, so one that is sent again because its reply was
    /// lost changes nothing. What is fetched lies in the in-flight hash before the reply leaves.
    ///
    /// Where the queue is paused nothing is fetched; all else goes on.
    ///
    /// KEYS: ready, in-flight hash of the worker, workers, scheduled, deliveries, dead, reaped, cancelled, paused,
    /// limits, limited, turns, weights, then result keys.
    /// ARGV: incarnation, lease (ms), number to fetch, tag of the first, bound of the dead list,
    /// prefix of the queue's keys, 1 where there are lists by priority, n and n tags that are simply done, then per
    /// other settlement sixteen values, and more: tag, action (`done`, `later`, `dead`, `park`), task id whose delivery count and mark of
    /// cancellation end ('' for none), due time (ms), message or dead letter (of a task that is done the reference of its body, if
    /// that stands in a key of its own), index of its result key (0: none), life
    /// of the result (ms, 0: for ever), result, the ordering key that it held and leaves, or is parked for
    /// again ('' for none), task id, the
    /// unique key that ends with it ('' for none), news of its limits ('' for none), 1 where it came from another
    /// producer than ours, id of an entry of the outbox, number of values that follow for it, number of values that
    /// follow after these: a `CanvasPlan` and its bodies. What it leaves its lane to goes to the front, and can be fetched in the same step.
    /// Replies `[Redis' time (ms), next due time or -1, entries in deliveries and cancelled, [message …], 1 if paused]`,
    /// or the error FENCED.
    static let cycle = RedisScript(
        name: "cycle",
        source: cycleFunctions + """
            local ready, inflight, workers, scheduled = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
            local deliveries, dead = KEYS[5], KEYS[6]
            if not standing(redis.call('ZSCORE', workers, ARGV[1]), KEYS[7], tonumber(ARGV[2])) then
              return redis.error_reply('FENCED the lease is gone')
            end
            local free, tag, prefix, done = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[6], tonumber(ARGV[8])
            local places = lists(ready, ARGV[7] == '1')
            local limits, paused, isFair, isShort = nil, 0, false, false
            if redis.call('EXISTS', KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13]) > 0 then
              paused = redis.call('EXISTS', KEYS[9])
              isFair = redis.call('EXISTS', KEYS[12], KEYS[13]) > 0
              if redis.call('EXISTS', KEYS[10], KEYS[11]) > 0 then limits = limitsOf(prefix) end
            end

            if done > 0 then
              if limits then
                for _, message in ipairs(redis.call('HMGET', inflight, unpack(ARGV, 9, 8 + done))) do
                  if message then release(prefix, limits, message) end
                end
              end
              ended = ended + redis.call('HDEL', inflight, unpack(ARGV, 9, 8 + done))
            end

            local at = 9 + done
            while at <= #ARGV do
              local action, id, due, text = ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
              local held = (limits or action == 'park') and redis.call('HGET', inflight, ARGV[at])
              if redis.call('HDEL', inflight, ARGV[at]) == 1 then
                if held and limits then
                  release(prefix, limits, held)
                  if ARGV[at + 11] ~= '' then tell(prefix, limits, held, ARGV[at + 11]) end
                end
                if action == 'park' then
                  repark(prefix, ARGV[at + 8], held)
                elseif action == 'later' then
                  rest(prefix, text)
                  while redis.call('ZADD', scheduled, 'NX', due, text) == 0 do text = text .. ' ' end
                else
                  if ARGV[at + 12] == '' then ended = ended + 1 end
                  if action == 'dead' then
                    redis.call('LPUSH', dead, text)
                    redis.call('LTRIM', dead, 0, tonumber(ARGV[5]) - 1)
                  elseif text ~= '' then
                    dropBody(prefix, text)
                  end
                end
                if id ~= '' then
                  redis.call('HDEL', deliveries, id)
                  redis.call('ZREM', KEYS[8], id, '\(RevocationMark.prefix)' .. id)
                end
                local key = KEYS[tonumber(ARGV[at + 5])]
                if key then storeResult(key, tonumber(ARGV[at + 6]), ARGV[at + 7]) end
                if ARGV[at + 8] ~= '' and action ~= 'park' then
                  leaveLane(prefix, ARGV[at + 8], ARGV[at + 9], ready)
                  -- It may have been superseded as it ended.
                  if action ~= 'later' then redis.call('ZREM', KEYS[8], ARGV[at + 9]) end
                end
                if ARGV[at + 10] ~= '' then freeUnique(prefix, ARGV[at + 10], ARGV[at + 9]) end
                local far = tonumber(ARGV[at + 14])
                if far > 0 then putAside(prefix, ARGV[at + 13], ARGV, at + 16, at + 15 + far) end
                if ARGV[at + 15] ~= '0' then carryOut(ARGV[at + 16 + far], ARGV, at + 17 + far) end
              end
              at = at + 16 + tonumber(ARGV[at + 14]) + tonumber(ARGV[at + 15])
            end

            local due = redis.call('ZRANGEBYSCORE', scheduled, '-inf', now, 'LIMIT', 0, 64)
            if #due > 0 then
              redis.call('ZREM', scheduled, unpack(due))
              for index = #due, 1, -1 do
                toFront(prefix, due[index], listOf(due[index], ready, places[2]))
                isFair = isFair or fairKey(due[index])
              end
            end

            local messages = {}
            if paused == 1 then free = 0 end
            local function hold(message, found)
              local lane = ordered(message)
              if lane and not enter(prefix, lane, identity(message)) then
                if not park(prefix, lane, message) then return end
              elseif found then
                take(prefix, found, identity(message))
              end
              messages[#messages + 1] = message
            end
            local function serve(name)
              local list = prefix .. 'limited:' .. name
              for _ = 1, 64 do
                if #messages >= free then return end
                local message = redis.call('LINDEX', list, -1)
                if not message then return redis.call('ZREM', KEYS[11], name) end
                local found = claims(limits, message)
                local blocker, at = blocked(prefix, found)
                if blocker == name then return redis.call('ZADD', KEYS[11], at, name) end
                redis.call('RPOP', list)
                if blocker then queueUp(prefix, blocker, at, message) else hold(message, found) end
              end
            end
            local function admit(message)
              local found = claims(limits, message)
              local name, at = blocked(prefix, found, true)
              if not name then name, at = blocked(prefix, found) end
              if not name then return hold(message, found) end
              local lane = ordered(message)
              if lane and not enter(prefix, lane, identity(message)) then
                if park(prefix, lane, message) then messages[#messages + 1] = message end
                return
              end
              if lane then rest(prefix, message) end
              queueUp(prefix, name, at, message)
            end
            -- As evenWhenFull: what follows may begin with another write.
            if (limits or isFair) and free > 0 then redis.call('ZREM', workers, '') end
            if limits and free > 0 then
              for _, name in ipairs(redis.call('ZRANGEBYSCORE', KEYS[11], '-inf', now, 'LIMIT', 0, 16)) do serve(name) end
            end
            local handOut = limits and admit or hold
            if isFair and free > 0 then isShort = serveInTurns(prefix, ready, free, messages, handOut) end
            for index = isFair and 2 or 1, #messages < free and places[2] and redis.call('EXISTS', unpack(places, 2)) > 0
              and #places or 1 do
              for _ = 1, 4 do
                local popped = #messages < free and redis.call('RPOP', places[index], free - #messages)
                if not popped then break end
                for _, message in ipairs(popped) do handOut(message) end
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
            account(prefix, 0)
            local next = -1
            if #messages < free then
              local first = redis.call('ZRANGE', scheduled, 0, 0, 'WITHSCORES')
              if first[2] then next = math.floor(tonumber(first[2])) end
              local limited = limits and redis.call('ZRANGE', KEYS[11], 0, 0, 'WITHSCORES')[2]
              if isShort then next = now end
              if limited and (next < 0 or tonumber(limited) < next) then next = math.floor(tonumber(limited)) end
            end
            return {now, next, redis.call('HLEN', deliveries) + redis.call('ZCARD', KEYS[8]), messages, paused}
            """
    )
}
