import Redis

extension QueueScripts {
    /// The most messages that are read to tell whose they are, and their most bytes.
    private static let mostRead = (messages: 1_000, bytes: 8 << 20)

    /// Counts what is in every place of a queue at one moment, and compares it with what was added and has ended.
    ///
    /// Only tasks of our producers are counted as added and as ended. So those of others are beyond the count while they
    /// are in the queue, and do not miss when they go. The comparison begins where it is asked for and certain: what there
    /// is then is what the counts say, or can be read to find which of it is ours. Until then nothing is said.
    ///
    /// KEYS: ready, scheduled, workers, lanes, limited, dead, counts, turns, outbox. ARGV: prefix of the queue's keys, 1 where there
    /// are lists by priority, 1 to begin the count. Replies `[ready, scheduled, in flight, parked, limited, dead, what there is beyond the
    /// count, Redis' time (ms), entries of the outbox, [time (ms) the next message of a list was enqueued or -1, its eta
    /// as it is written or '', …]]`.
    static let survey = RedisScript(
        name: "survey",
        source: leasePrelude + priorityFunctions + isOurs + """
            local prefix, ready, inflight, parked, limited = ARGV[1], 0, 0, 0, 0
            local waits, places = {}, {}
            local function size(list)
              places[#places + 1] = list
              return redis.call('LLEN', list)
            end
            for _, list in ipairs(lists(KEYS[1], ARGV[2] == '1')) do ready = ready + size(list) end
            local function note(list)
              local first = redis.call('LINDEX', list, -1)
              if not first then return end
              waits[#waits + 1] = string.match(first, '"enqueued_at": ?(%d+)') or '-1'
              waits[#waits + 1] = string.match(first, '"eta": ?"([^"]+)"') or ''
            end
            note(KEYS[1])
            for _, key in ipairs(redis.call('ZRANGE', KEYS[8], 0, -1)) do
              local list = prefix .. 'turn:' .. key
              ready = ready + size(list)
              note(list)
            end
            local scheduled, dead = redis.call('ZCARD', KEYS[2]), redis.call('LLEN', KEYS[6])
            local workers = redis.call('ZRANGE', KEYS[3], 0, -1)
            for _, worker in ipairs(workers) do inflight = inflight + redis.call('HLEN', prefix .. 'inflight:' .. worker) end
            local lanes = redis.call('HGETALL', KEYS[4])
            for index = 2, #lanes, 2 do parked = parked + tonumber(lanes[index]) end
            for _, limit in ipairs(redis.call('ZRANGE', KEYS[5], 0, -1)) do
              limited = limited + size(prefix .. 'limited:' .. limit)
            end
            local present = ready + scheduled + inflight + parked + limited

            -- How many are ours; nothing where that is too much to read.
            local function ours()
              if present > \(mostRead.messages) then return end
              local count, bytes = 0, 0
              local function look(message)
                if not message then return end
                bytes = bytes + #message
                if isOurs(message) then count = count + 1 end
              end
              for index = 1, #lanes, 2 do places[#places + 1] = prefix .. 'parked:' .. lanes[index] end
              for _, list in ipairs(places) do
                for index = 0, redis.call('LLEN', list) - 1 do
                  look(redis.call('LINDEX', list, index))
                  if bytes > \(mostRead.bytes) then return end
                end
              end
              for index = 0, scheduled - 1 do
                look(redis.call('ZRANGE', KEYS[2], index, index)[1])
                if bytes > \(mostRead.bytes) then return end
              end
              for _, worker in ipairs(workers) do
                for _, tag in ipairs(redis.call('HKEYS', prefix .. 'inflight:' .. worker)) do
                  look(redis.call('HGET', prefix .. 'inflight:' .. worker, tag))
                  if bytes > \(mostRead.bytes) then return end
                end
              end
              return count
            end

            local counts = redis.call('HMGET', KEYS[7], 'added', 'ended', 'since')
            local expected = tonumber(counts[1] or 0) - tonumber(counts[2] or 0)
            if not counts[3] then
              local known = ARGV[3] == '1' and (present == expected and present or ours())
              if known then
                redis.call('HSET', KEYS[7], 'since', now)
                if known ~= expected then redis.call('HINCRBY', KEYS[7], 'added', known - expected) end
                expected = known
              else
                expected = present
              end
            end
            local aside = redis.call('ZCARD', KEYS[9])
            return {ready, scheduled, inflight, parked, limited, dead, present - expected, now, aside, waits}
            """
    )
}
