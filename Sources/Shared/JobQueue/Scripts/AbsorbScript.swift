import Redis

extension QueueScripts {
    /// Hands a task those that wait for its ordering key and have its name, in their order, up to the first that is
    /// another's or was cancelled. They are in flight then like any that was fetched. Called again under the same tags,
    /// as a reply was lost, it hands over the same.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped.
    /// ARGV: incarnation, lease (ms), delivery tag of the task, prefix of the queue's keys, ordering key, task id, task
    /// name, tag of the first, most. Replies the messages, or the error FENCED.
    static let absorb = RedisScript(
        name: "absorb",
        source: attemptPrelude + laneFunctions + """
            local prefix, lane, messages, first = ARGV[4], ARGV[5], {}, tonumber(ARGV[8])
            while true do
              local message = redis.call('HGET', KEYS[2], first + #messages)
              if not message then break end
              messages[#messages + 1] = message
            end
            if #messages > 0 then return messages end
            if redis.call('GET', prefix .. 'lane:' .. lane) ~= ARGV[6] then return messages end
            while #messages < tonumber(ARGV[9]) do
              local message = redis.call('LINDEX', prefix .. 'parked:' .. lane, -1)
              if not message or member(message, 'task') ~= ARGV[7]
                or redis.call('ZSCORE', prefix .. 'cancelled', identity(message)) then break end
              unpark(prefix, lane)
              messages[#messages + 1] = message
              redis.call('HSET', KEYS[2], first + #messages - 1, message)
            end
            return messages
            """
    )
}
