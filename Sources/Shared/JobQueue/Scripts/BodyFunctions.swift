import Redis

extension QueueScripts {
    /// What the scripts share that deal with bodies in keys of their own: `{q}:body:<reference>`, and `{q}:bodies`, the
    /// references of all by when they were stored or last found in use. They need `member`.
    ///
    /// A script cannot know the references of the messages it will find, so it makes these keys from the message, as
    /// with lanes. Part of `laneFunctions`.
    static let bodyFunctions = """
        local function dropBody(prefix, reference)
          redis.call('UNLINK', prefix .. 'body:' .. reference)
          redis.call('ZREM', prefix .. 'bodies', reference)
        end
        local function dropBodyOf(prefix, message)
          local reference = member(message, 'body_ref')
          if reference then dropBody(prefix, reference) end
        end

        """

    /// Removes bodies that no message of the queue names any more: what fell off the end of the dead list, was deleted
    /// by hand, or was taken by somebody who knows nothing of them.
    ///
    /// Looks at every place of the queue in one moment, so a body in use is never taken for one that is not. Such a look
    /// costs, so it is taken only once in a while over the fleet, and not at all where there are very many messages.
    ///
    /// KEYS: bodies, the note that somebody looked. ARGV: prefix of the queue's keys, ready list, 1 where there are
    /// lists by priority, how old a body is at least (ms), how long nobody looks again (ms), most messages, most bodies.
    /// Replies the number removed; 0 where nobody is to look; -1 where there are too many messages.
    static let sweepBodies = RedisScript(
        name: "sweepbodies",
        source: leasePrelude + priorityFunctions + laneFunctions + """
            local prefix = ARGV[1]
            local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[4]), 'LIMIT', 0, ARGV[7])
            if #old == 0 or not redis.call('SET', KEYS[2], now, 'NX', 'PX', ARGV[5]) then return 0 end
            local names = lists(ARGV[2], ARGV[3] == '1')
            names[#names + 1] = prefix .. 'dead'
            for _, key in ipairs(redis.call('ZRANGE', prefix .. 'turns', 0, -1)) do names[#names + 1] = prefix .. 'turn:' .. key end
            for _, limit in ipairs(redis.call('ZRANGE', prefix .. 'limited', 0, -1)) do
              names[#names + 1] = prefix .. 'limited:' .. limit
            end
            for _, lane in ipairs(redis.call('HKEYS', prefix .. 'lanes')) do
              names[#names + 1] = prefix .. 'parked:' .. lane
            end
            local workers = redis.call('ZRANGE', prefix .. 'workers', 0, -1)
            local count = redis.call('ZCARD', prefix .. 'scheduled')
            for _, name in ipairs(names) do count = count + redis.call('LLEN', name) end
            for _, worker in ipairs(workers) do count = count + redis.call('HLEN', prefix .. 'inflight:' .. worker) end
            if count > tonumber(ARGV[6]) then return -1 end
            local used = {}
            local function note(messages)
              for _, message in ipairs(messages) do
                -- Also where a message that could not be read stands as text in a dead letter.
                for reference in string.gmatch(message, '"body_ref\\\\?": ?\\\\?"([^"\\\\]+)') do used[reference] = true end
              end
            end
            note(redis.call('ZRANGE', prefix .. 'scheduled', 0, -1))
            for _, name in ipairs(names) do note(redis.call('LRANGE', name, 0, -1)) end
            for _, worker in ipairs(workers) do note(redis.call('HVALS', prefix .. 'inflight:' .. worker)) end
            local removed = 0
            for _, reference in ipairs(old) do
              if used[reference] then
                -- Others have their turn first, next time.
                redis.call('ZADD', KEYS[1], 'XX', now, reference)
              else
                dropBody(prefix, reference)
                removed = removed + 1
              end
            end
            return removed
            """
    )
}
