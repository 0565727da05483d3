import Redis

extension QueueScripts {
    /// Adds messages, each only if none of its keys was seen before; remembers the keys in the same step.
    ///
    /// A message of an ordering key goes to the ready list only if none of its key is on its way; see `laneFunctions`.
    ///
    /// KEYS: ready, scheduled, then the seen keys of all messages in turn.
    /// ARGV: how long keys are remembered (ms), prefix of the queue's keys, then per message: text, due time (ms,
    /// 0: now), number of its keys, what to do when its lane is busy ('' for a message of no lane, else a `LanePolicy`).
    /// Replies a number per message: 1 added, 0 seen before, 2 not added because its lane was busy.
    static let enqueue = RedisScript(
        name: "enqueue",
        source: laneFunctions + """
            local key, prefix = 3, ARGV[2]
            local function add(message, policy)
              local lane = policy ~= '' and ordered(message)
              if not lane or enter(prefix, lane, member(message, 'id')) then
                redis.call('LPUSH', KEYS[1], message)
                return 1
              end
              if policy == 'drop' then return 2 end
              if policy == 'latest' then while unpark(prefix, lane) do end end
              park(prefix, lane, message)
              return 1
            end

            local added = {}
            for index = 3, #ARGV, 4 do
              local last = key + tonumber(ARGV[index + 2]) - 1
              local outcome = 1
              if last >= key and redis.call('EXISTS', unpack(KEYS, key, last)) > 0 then outcome = 0 end
              if outcome == 1 then
                local due, message = tonumber(ARGV[index + 1]), ARGV[index]
                if due > 0 then
                  while redis.call('ZADD', KEYS[2], 'NX', due, message) == 0 do message = message .. ' ' end
                else
                  outcome = add(message, ARGV[index + 3])
                end
                if outcome == 1 then
                  for seen = key, last do redis.call('SET', KEYS[seen], 1, 'PX', ARGV[1]) end
                end
              end
              key = last + 1
              added[#added + 1] = outcome
            end
            return added
            """
    )
}
