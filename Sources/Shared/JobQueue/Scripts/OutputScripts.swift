import Redis

extension QueueScripts {
    /// Appends to the output of a task, at the place where its writer believes the end to be.
    ///
    /// The same bytes at the same place, told again because a reply was lost, change nothing.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped, output, its state.
    /// ARGV: incarnation, lease (ms), delivery tag, place (bytes), what to append, bound of the whole (bytes), life of
    /// the output (ms), channel. Replies `[1, length]`; `[0, length]` where the end is elsewhere; `[-1, length]` where
    /// it would grow over its bound; or the error FENCED.
    static let appendOutput = RedisScript(
        name: "appendoutput",
        source: attemptPrelude + """
            local length, place, text = redis.call('STRLEN', KEYS[4]), tonumber(ARGV[4]), ARGV[5]
            if length == place + #text and #text > 0 and redis.call('GETRANGE', KEYS[4], place, -1) == text then
              return {1, length}
            end
            if length ~= place then return {0, length} end
            if length + #text > tonumber(ARGV[6]) then return {-1, length} end
            length = redis.call('APPEND', KEYS[4], text)
            redis.call('HDEL', KEYS[5], 'ended')
            redis.call('PEXPIRE', KEYS[4], ARGV[7])
            redis.call('PEXPIRE', KEYS[5], ARGV[7])
            redis.call('PUBLISH', ARGV[8], length)
            return {1, length}
            """
    )

    /// Cuts the output of a task off behind a place, so that an attempt writes from there.
    ///
    /// KEYS: as for `appendOutput`. ARGV: incarnation, lease (ms), delivery tag, place (bytes), life (ms), channel.
    /// Replies as `appendOutput`, with 0 where the output ends before the place.
    static let cutOutput = RedisScript(
        name: "cutoutput",
        source: attemptPrelude + """
            local length, place = redis.call('STRLEN', KEYS[4]), tonumber(ARGV[4])
            if length < place then return {0, length} end
            if length > place then
              if place == 0 then redis.call('DEL', KEYS[4])
              else redis.call('SET', KEYS[4], redis.call('GETRANGE', KEYS[4], 0, place - 1), 'PX', ARGV[5]) end
              redis.call('HINCRBY', KEYS[5], 'cuts', 1)
              redis.call('HSET', KEYS[5], 'kept', place)
              redis.call('HDEL', KEYS[5], 'ended')
              redis.call('PEXPIRE', KEYS[5], ARGV[5])
              redis.call('PUBLISH', ARGV[6], place)
            end
            return {1, place}
            """
    )

    /// Tells the readers of a task's output that no more comes.
    ///
    /// KEYS: as for `appendOutput`. ARGV: incarnation, lease (ms), delivery tag, life (ms), channel.
    /// Replies 1, or the error FENCED.
    static let endOutput = RedisScript(
        name: "endoutput",
        source: attemptPrelude + """
            redis.call('HSET', KEYS[5], 'ended', 1)
            redis.call('PEXPIRE', KEYS[5], ARGV[4])
            redis.call('PUBLISH', ARGV[5], 'end')
            return 1
            """
    )

    /// Tells the readers of an output that no more comes, of a task that is in nobody's hands any more.
    ///
    /// KEYS: output, its state. ARGV: life (ms), channel. Replies the number told.
    static let abandonOutput = RedisScript(
        name: "abandonoutput",
        source: """
            if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then
              redis.call('HSET', KEYS[2], 'ended', 1)
              redis.call('PEXPIRE', KEYS[2], ARGV[1])
            end
            return redis.call('PUBLISH', ARGV[2], 'end')
            """
    )

    /// One look at the output of a task, for anybody.
    ///
    /// KEYS: output, its state. ARGV: place (bytes), at most how many bytes.
    /// Replies `[how often it was cut, how much the last cut kept, 1 if it ended, bytes from the place on]`.
    static let readOutput = RedisScript(
        name: "readoutput",
        source: """
            local place, most = tonumber(ARGV[1]), tonumber(ARGV[2])
            local state = redis.call('HMGET', KEYS[2], 'cuts', 'kept', 'ended')
            return {tonumber(state[1] or 0), tonumber(state[2] or 0), tonumber(state[3] or 0),
              redis.call('GETRANGE', KEYS[1], place, place + most - 1)}
            """
    )
}
