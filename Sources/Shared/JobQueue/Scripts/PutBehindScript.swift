import Redis

extension QueueScripts {
    /// Puts a task that a worker holds behind all that waits, in another text: kombu's reject and requeue
    /// (kombu.transport.redis, `QoS.reject`). It leaves its ordering key and its limits, as it may come back much later.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped, ready.
    /// ARGV: incarnation, lease (ms), delivery tag, prefix of the queue's keys, 1 where there are lists by priority, the
    /// message. Replies 1, or the error FENCED.
    static let putBehind = RedisScript(
        name: "putbehind",
        source: attemptPrelude + priorityFunctions + laneFunctions + limitFunctions + """
            local prefix, message = ARGV[4], ARGV[6]
            local held = redis.call('HGET', KEYS[2], ARGV[3])
            redis.call('HDEL', KEYS[2], ARGV[3])
            release(prefix, limitsOf(prefix), held)
            local fair = fairKey(message)
            if fair then
              redis.call('LPUSH', turnOf(prefix, fair), message)
              redis.call('PUBLISH', prefix .. 'wake', '')
            else
              redis.call('LPUSH', listOf(message, KEYS[4], ARGV[5] == '1'), message)
            end
            local lane = ordered(held)
            if lane then leaveLane(prefix, lane, identity(held), KEYS[4]) end
            return 1
            """
    )
}
