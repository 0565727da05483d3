import Redis

extension QueueScripts {
    /// Adds messages, each only if none of its keys was seen before; remembers the keys in the same step.
    ///
    /// KEYS: ready, scheduled, then the seen keys of all messages in turn.
    /// ARGV: how long keys are remembered (ms), then per message: text, due time (ms, 0: now), number of its keys.
    /// Replies a list with 1 (added) or 0 (seen before) per message.
    ///
    /// Every run writes: what was seen before is written again as it is. So whoever waits for this write to reach a
    /// replica or the disk has waited for the one that added the message, too, however long ago and by whom it was.
    static let enqueue = RedisScript(
        name: "enqueue",
        source: """
            local key = 3
            local added = {}
            for index = 2, #ARGV, 3 do
              local last = key + tonumber(ARGV[index + 2]) - 1
              local isNew = 1
              if last >= key and redis.call('EXISTS', unpack(KEYS, key, last)) > 0 then isNew = 0 end
              if isNew == 1 then
                for seen = key, last do redis.call('SET', KEYS[seen], 1, 'PX', ARGV[1]) end
                local due, message = tonumber(ARGV[index + 1]), ARGV[index]
                if due > 0 then
                  while redis.call('ZADD', KEYS[2], 'NX', due, message) == 0 do message = message .. ' ' end
                else
                  redis.call('LPUSH', KEYS[1], message)
                end
              else
                for seen = key, last do redis.call('SET', KEYS[seen], 1, 'XX', 'KEEPTTL') end
              end
              key = last + 1
              added[#added + 1] = isNew
            end
            return added
            """
    )
}
