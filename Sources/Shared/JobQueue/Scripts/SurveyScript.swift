import Redis

extension QueueScripts {
    /// Counts what is in every place of a queue at one moment, and compares it with what was added and has ended.
    ///
    /// Where nothing was compared before, what there is now is right, and is taken as the beginning if asked for. Tasks that were pushed to the list by
    /// others than our producers are beyond the count until a worker has settled them.
    ///
    /// KEYS: ready, scheduled, workers, lanes, limited, dead, counts, turns. ARGV: prefix of the queue's keys, 1 where there
    /// are lists by priority, 1 to begin the count. Replies `[ready, scheduled, in flight, parked, limited, dead, what there is beyond the
    /// count, Redis' time (ms), [time (ms) the next message of a list was enqueued or -1, its eta as it is written or '', …]]`.
    static let survey = RedisScript(
        name: "survey",
        source: leasePrelude + priorityFunctions + """
            local prefix, ready, inflight, parked, limited = ARGV[1], 0, 0, 0, 0
            for _, list in ipairs(lists(KEYS[1], ARGV[2] == '1')) do ready = ready + redis.call('LLEN', list) end
            local waits = {}
            local function note(list)
              local first = redis.call('LINDEX', list, -1)
              if not first then return end
              waits[#waits + 1] = string.match(first, '"enqueued_at": ?(%d+)') or '-1'
              waits[#waits + 1] = string.match(first, '"eta": ?"([^"]+)"') or ''
            end
            note(KEYS[1])
            for _, key in ipairs(redis.call('ZRANGE', KEYS[8], 0, -1)) do
              local list = prefix .. 'turn:' .. key
              ready = ready + redis.call('LLEN', list)
              note(list)
            end
            local scheduled, dead = redis.call('ZCARD', KEYS[2]), redis.call('LLEN', KEYS[6])
            for _, worker in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
              inflight = inflight + redis.call('HLEN', prefix .. 'inflight:' .. worker)
            end
            for _, count in ipairs(redis.call('HVALS', KEYS[4])) do parked = parked + tonumber(count) end
            for _, limit in ipairs(redis.call('ZRANGE', KEYS[5], 0, -1)) do
              limited = limited + redis.call('LLEN', prefix .. 'limited:' .. limit)
            end
            local present = ready + scheduled + inflight + parked + limited
            local counts = redis.call('HMGET', KEYS[7], 'added', 'ended', 'since')
            local expected = tonumber(counts[1] or 0) - tonumber(counts[2] or 0)
            if not counts[3] then
              if ARGV[3] == '1' then
                redis.call('HSET', KEYS[7], 'since', now)
                redis.call('HINCRBY', KEYS[7], 'added', present - expected)
              end
              expected = present
            end
            return {ready, scheduled, inflight, parked, limited, dead, present - expected, now, waits}
            """
    )
}
