import Redis

extension QueueScripts {
    /// Stores a state that is no end of a task, for the attempt that holds it, and tells who waits.
    ///
    /// Who holds the task may write over whatever an earlier life of it left, such as the failure after which an
    /// operator put it back, but not over a success.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped, result. ARGV: incarnation, lease (ms), delivery tag, life
    /// (ms, 0: for ever), the text. Replies 1; 0 where a success stands already; or the error FENCED.
    static let storeState = RedisScript(
        name: "storestate",
        source: resultFunction + attemptPrelude + """
            return storeResult(KEYS[4], tonumber(ARGV[4]), ARGV[5])
            """
    )

    /// Says whether an attempt holds its task: the first half of `storeState` where the result is in another slot of a
    /// Cluster.
    ///
    /// KEYS: workers, in-flight hash of the worker, reaped. ARGV: incarnation, lease (ms), delivery tag.
    /// Replies 1, or the error FENCED.
    static let checkHeld = RedisScript(
        name: "checkheld",
        source: attemptPrelude + """
            return 1
            """
    )

    /// The second half. The task may have been taken away since the first, and ended: so nothing is written over an
    /// end of any kind, since who waits for that would wait for ever.
    ///
    /// KEYS: the result's. ARGV: its life (ms, 0: for ever), the text. Replies 1, or 0 where an end stands already.
    static let storeDistantState = RedisScript(
        name: "storedistantstate",
        source: resultFunction + """
            local stored = redis.call('GET', KEYS[1])
            if stored and (string.find(stored, '^{"status": ?"FAILURE"') or string.find(stored, '^{"status": ?"REVOKED"'))
            then return 0 end
            return storeResult(KEYS[1], tonumber(ARGV[1]), ARGV[2])
            """
    )
}
