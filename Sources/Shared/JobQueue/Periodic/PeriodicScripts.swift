import Redis

/// The atomic steps of periodic jobs: over `PeriodicKeys`, and where it is on the same server a queue's keys.
enum PeriodicScripts {
    /// The most jobs there may be.
    static let mostJobs = 10_000
    /// The most names of due jobs in one look.
    static let mostNames = 1_000

    private static let clock = """
        local time = redis.call('TIME')
        local now = time[1] * 1000 + math.floor(time[2] / 1000)

        """

    /// The time of the server that has these keys. KEYS: jobs. Replies `[seconds, microseconds]`, as texts.
    static let time = RedisScript(name: "periodic-time", source: "return redis.call('TIME')")

    /// Leads, or goes on leading, unless another does, and tells what is due.
    ///
    /// KEYS: leader, due. ARGV: token, lease (ms), how many names at most. Replies `[1, now (ms), next time that has not
    /// come (ms, '' for none), [name, time, …]]` to who leads, with 2 for 1 where nobody did before, else `[0, now, ms
    /// until the other's lease ends]`.
    static let look = RedisScript(
        name: "periodic-look",
        source: clock + """
            local leader = redis.call('GET', KEYS[1])
            if leader and leader ~= ARGV[1] then return {0, now, redis.call('PTTL', KEYS[1])} end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            local upcoming = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. string.format('%.0f', now), '+inf',
              'WITHSCORES', 'LIMIT', 0, 1)
            return {leader and 1 or 2, now, upcoming[2] or '',
              redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[3])}
            """
    )

    /// Makes the times of one job happen: enqueues their tasks and moves the job on to its next time, both or neither.
    ///
    /// The word of who does not lead counts for nothing, and of two who would make one time happen only the first is
    /// heard, since the second finds the job moved on. Where the queue's keys are elsewhere (Cluster) it enqueues nothing,
    /// as that has been done before.
    ///
    /// KEYS: leader, due, jobs, states, then those of the enqueue script, where it enqueues. ARGV: token, lease (ms),
    /// name, the job as it was read, the time it was due (ms), its next time (ms, '' for none), its state, then the
    /// arguments of the enqueue script. Replies 1; 0 where the job has changed or gone on meanwhile, 2 where its queue is
    /// full and nothing has changed but what fitted in before; or the error FENCED to who does not lead.
    static let tick = RedisScript(
        name: "periodic-tick",
        source: """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.error_reply('FENCED another one leads') end
            local name = ARGV[3]
            local due = redis.call('ZSCORE', KEYS[2], name)
            if tonumber(due or -1) ~= tonumber(ARGV[5]) or redis.call('HGET', KEYS[3], name) ~= ARGV[4] then return 0 end
            local function enqueue(KEYS, ARGV)
            \(QueueScripts.enqueue.source)
            end
            -- Nothing is written before it: where memory is full all of this is to be refused.
            if #KEYS > 5 then
              for _, fate in ipairs(enqueue({unpack(KEYS, 5)}, {unpack(ARGV, 8)})) do
                if fate == 2 then return 2 end
              end
            end
            if ARGV[6] == '' then redis.call('ZREM', KEYS[2], name) else redis.call('ZADD', KEYS[2], ARGV[6], name) end
            redis.call('HSET', KEYS[4], name, ARGV[7])
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return 1
            """
    )

    /// Leads no more. KEYS: leader. ARGV: token. Replies 1, or 0 where another leads.
    static let leave = RedisScript(
        name: "periodic-leave",
        source: """
            if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
            return redis.call('DEL', KEYS[1])
            """
    )

    // MARK: Changes

    /// Sets a job, unless it is another by now than the caller saw.
    ///
    /// KEYS: jobs, due, paused. ARGV: name, the job that was seen ('' for none), the job, its next time (ms, '' for none,
    /// 'keep' for as it is), channel of news, how many jobs there may be. Replies 1, 0 where another was seen, 2 where
    /// there are too many.
    static let put = RedisScript(
        name: "periodic-put",
        source: """
            local name, next = ARGV[1], ARGV[4]
            if (redis.call('HGET', KEYS[1], name) or '') ~= ARGV[2] then return 0 end
            if ARGV[2] == '' and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[6]) then return 2 end
            redis.call('HSET', KEYS[1], name, ARGV[3])
            if next == '' then redis.call('ZREM', KEYS[2], name)
            elseif next ~= 'keep' and redis.call('HEXISTS', KEYS[3], name) == 0 then redis.call('ZADD', KEYS[2], next, name) end
            redis.call('PUBLISH', ARGV[5], '')
            return 1
            """
    )

    /// Gives a job that has no time its next one, unless it is paused: where somebody removed it by hand.
    ///
    /// KEYS: jobs, due, paused. ARGV: name, the job that was seen, its next time (ms). Replies how many were added.
    static let mend = RedisScript(
        name: "periodic-mend",
        source: """
            if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] or redis.call('HEXISTS', KEYS[3], ARGV[1]) == 1 then return 0 end
            return redis.call('ZADD', KEYS[2], 'NX', ARGV[3], ARGV[1])
            """
    )

    /// Removes a job with all that is known of it.
    ///
    /// KEYS: jobs, due, paused, states. ARGV: name, the job that was seen ('' for whichever), channel of news. Replies how
    /// many.
    static let remove = RedisScript(
        name: "periodic-remove",
        source: """
            local name = ARGV[1]
            if ARGV[2] ~= '' and redis.call('HGET', KEYS[1], name) ~= ARGV[2] then return 0 end
            redis.call('ZREM', KEYS[2], name)
            redis.call('HDEL', KEYS[3], name)
            redis.call('HDEL', KEYS[4], name)
            redis.call('PUBLISH', ARGV[3], '')
            return redis.call('HDEL', KEYS[1], name)
            """
    )

    /// Lets a job happen no more until it is resumed.
    ///
    /// KEYS: jobs, due, paused. ARGV: name, who, when and why as JSON, channel of news. Replies the pause in force, which
    /// may be an earlier one, or nil where there is no such job.
    static let pause = RedisScript(
        name: "periodic-pause",
        source: """
            local name = ARGV[1]
            if redis.call('HEXISTS', KEYS[1], name) == 0 then return false end
            redis.call('HSETNX', KEYS[3], name, ARGV[2])
            redis.call('ZREM', KEYS[2], name)
            redis.call('PUBLISH', ARGV[3], '')
            return redis.call('HGET', KEYS[3], name)
            """
    )

    /// Ends a pause.
    ///
    /// KEYS: jobs, due, paused. ARGV: name, the job that was seen, its next time (ms, '' for none), channel of news.
    /// Replies the pause that ended, '' where there was none, or nil where it is another job by now.
    static let resume = RedisScript(
        name: "periodic-resume",
        source: """
            local name = ARGV[1]
            if redis.call('HGET', KEYS[1], name) ~= ARGV[2] then return false end
            local pause = redis.call('HGET', KEYS[3], name)
            if not pause then return '' end
            redis.call('HDEL', KEYS[3], name)
            if ARGV[3] ~= '' then redis.call('ZADD', KEYS[2], ARGV[3], name) end
            redis.call('PUBLISH', ARGV[4], '')
            return pause
            """
    )
}
