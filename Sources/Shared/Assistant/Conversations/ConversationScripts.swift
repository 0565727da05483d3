import Redis

/// The steps that change a conversation. KEYS of each but `note` and `index`: turns, state.
enum ConversationScripts {
    /// Adds turns of one task, once.
    ///
    /// ARGV: session, task, most turns kept, how long it is remembered (s), then the turns as JSON. Replies 1, or 0
    /// where the conversation has begun anew or has them already.
    static let add = RedisScript(
        name: "addturns",
        source: """
            if (redis.call('HGET', KEYS[2], 'session') or '0') ~= ARGV[1] then return 0 end
            local tag = '"task":' .. cjson.encode(ARGV[2])
            for _, turn in ipairs(redis.call('LRANGE', KEYS[1], -16, -1)) do
              if string.find(turn, tag, 1, true) then return 0 end
            end
            redis.call('RPUSH', KEYS[1], unpack(ARGV, 5))
            redis.call('LTRIM', KEYS[1], -tonumber(ARGV[3]), -1)
            redis.call('EXPIRE', KEYS[1], ARGV[4])
            redis.call('HSET', KEYS[2], 'session', ARGV[1])
            redis.call('EXPIRE', KEYS[2], ARGV[4])
            return 1
            """
    )

    /// Notes a conversation as the latest, and lets go of those beyond the most that are known.
    ///
    /// KEYS: sorted set of conversations by time, hash of what each is. ARGV: the conversation's key, what it is as JSON,
    /// the time (ms), the most that are known, how long they are once nothing is said any more (s). Replies how many
    /// were let go.
    static let index = RedisScript(
        name: "indexconversation",
        source: """
            redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
            redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
            local beyond = redis.call('ZRANGE', KEYS[1], 0, -tonumber(ARGV[4]) - 1)
            for _, key in ipairs(beyond) do
              redis.call('ZREM', KEYS[1], key)
              redis.call('HDEL', KEYS[2], key)
            end
            redis.call('EXPIRE', KEYS[1], ARGV[5])
            redis.call('EXPIRE', KEYS[2], ARGV[5])
            return #beyond
            """
    )

    /// Forgets what was said. ARGV: how long the rest is remembered (s). Replies the new session.
    static let beginAnew = RedisScript(
        name: "beginanew",
        source: """
            redis.call('DEL', KEYS[1])
            redis.call('HDEL', KEYS[2], 'summary')
            local session = redis.call('HINCRBY', KEYS[2], 'session', 1)
            redis.call('EXPIRE', KEYS[2], ARGV[1])
            return session
            """
    )

    /// Removes the turns that name a message, and those of the task that answered it alone. ARGV: message id. Replies
    /// how many went.
    static let forget = RedisScript(
        name: "forgetmessage",
        source: """
            local turns, gone, tasks = redis.call('LRANGE', KEYS[1], 0, -1), {}, {}
            for index, turn in ipairs(turns) do
              local read = cjson.decode(turn)
              turns[index] = {turn, read}
              if read.message_id == ARGV[1] then gone[index], tasks[read.task] = true, true end
            end
            for index, turn in ipairs(turns) do
              local read = turn[2]
              if read.speaker == 'user' and not gone[index] then tasks[read.task] = nil end
            end
            local count = 0
            for index, turn in ipairs(turns) do
              if gone[index] or tasks[turn[2].task] then
                count = count + redis.call('LREM', KEYS[1], 1, turn[1])
              end
            end
            return count
            """
    )

    /// Notes that somebody spoke in a part of a chat, and drops parts that are forgotten by now.
    ///
    /// KEYS: a sorted set, the part by when it is forgotten (s). ARGV: the part, how long it is remembered (s). Replies
    /// how many were dropped.
    static let note = RedisScript(
        name: "notepart",
        source: """
            local now = tonumber(redis.call('TIME')[1])
            redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
            redis.call('EXPIRE', KEYS[1], ARGV[2])
            return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
            """
    )

    /// Puts a summary in the place of the first turns.
    ///
    /// ARGV: session, first turn as JSON, how many turns, summary. Replies 1, or 0 where they are not there any more.
    static let summarise = RedisScript(
        name: "summariseturns",
        source: """
            if (redis.call('HGET', KEYS[2], 'session') or '0') ~= ARGV[1] then return 0 end
            if redis.call('LINDEX', KEYS[1], 0) ~= ARGV[2] then return 0 end
            redis.call('LTRIM', KEYS[1], ARGV[3], -1)
            redis.call('HSET', KEYS[2], 'summary', ARGV[4])
            return 1
            """
    )
}
