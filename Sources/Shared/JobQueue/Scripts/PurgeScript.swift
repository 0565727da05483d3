import Redis

extension QueueScripts {
    /// Removes a batch of messages for good, those first that would come first.
    ///
    /// Ordering and unique keys that they held are let go.
    ///
    /// KEYS: a list or a sorted set of the queue, deliveries, ready. ARGV: at most how many, prefix of the queue's keys
    /// ('' for dead letters, which hold none), the prefix in any case. Replies the number removed.
    static let purge = RedisScript(
        name: "purge",
        source: leasePrelude + laneFunctions + """
            local messages = {}
            if redis.call('TYPE', KEYS[1]).ok == 'zset' then
              local popped = redis.call('ZPOPMIN', KEYS[1], ARGV[1])
              for index = 1, #popped, 2 do messages[#messages + 1] = popped[index] end
            else
              messages = redis.call('RPOP', KEYS[1], ARGV[1]) or {}
            end
            for _, message in ipairs(ARGV[2] ~= '' and messages or {}) do
              local lane, unique = ordered(message), member(message, 'unique_key')
              if lane then leaveLane(ARGV[2], lane, identity(message), KEYS[3]) end
              if unique then freeUnique(ARGV[2], unique, identity(message)) end
            end
            for _, message in ipairs(messages) do dropBodyOf(ARGV[3], message) end
            if ARGV[2] ~= '' then
              for _, message in ipairs(messages) do finish(message) end
              account(ARGV[2], 0)
            end
            if redis.call('EXISTS', KEYS[2]) == 1 then
              for _, message in ipairs(messages) do
                local isJSON, envelope = pcall(cjson.decode, message)
                local headers = isJSON and type(envelope) == 'table' and envelope.headers
                local id = type(headers) == 'table' and headers.id
                if type(id) == 'string' then redis.call('HDEL', KEYS[2], id) end
              end
            end
            return #messages
            """
    )
}
