import Redis

extension QueueScripts {
    /// What scripts begin with that write for one attempt: it must hold its task still.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped. ARGV: incarnation, lease (ms), delivery tag.
    static let attemptPrelude =
        leasePrelude + """
            if not standing(redis.call('ZSCORE', KEYS[1], ARGV[1]), KEYS[3], tonumber(ARGV[2]))
              or redis.call('HEXISTS', KEYS[2], ARGV[3]) == 0 then
              return redis.error_reply('FENCED the task is not held any more')
            end

            """

    /// Stores the result of a step of a task, once.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped, journal of the task.
    /// ARGV: incarnation, lease (ms), delivery tag, name of the step, result, most steps, life of the journal (ms).
    /// Replies 1; 0 where the step has a result already, which stays; -1 where there are too many steps; or the error
    /// FENCED.
    static let recordStep = RedisScript(
        name: "recordstep",
        source: attemptPrelude + """
            if redis.call('HEXISTS', KEYS[4], ARGV[4]) == 1 then return 0 end
            if redis.call('HLEN', KEYS[4]) >= tonumber(ARGV[6]) then return -1 end
            redis.call('HSET', KEYS[4], ARGV[4], ARGV[5])
            redis.call('PEXPIRE', KEYS[4], ARGV[7])
            return 1
            """
    )
}
