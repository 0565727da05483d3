import Redis

/// How many requests one token, or one address without a token, has made in this minute, over all gateways.
///
/// `{admin}:rate:<who>:<minute>`, a string that counts, for two minutes.
struct RequestRate: Sendable {
    /// What became of one request.
    struct Verdict: Sendable, Equatable {
        let limit: Int
        let used: Int
        /// Seconds until the next minute.
        let reset: Int

        var isAllowed: Bool { used <= limit }

        var headers: [(name: String, value: String)] {
            [
                ("RateLimit-Limit", String(limit)), ("RateLimit-Remaining", String(max(0, limit - used))),
                ("RateLimit-Reset", String(reset)),
            ]
        }
    }

    let redis: RedisClient
    /// Of one token in a minute.
    let limit: Int
    /// Milliseconds since 1970.
    let now: @Sendable () -> Int64

    /// Counts a request. One round trip.
    ///
    /// - Parameter who: A token's ID or an address.
    /// - Returns: How it stands.
    /// - Throws: `RedisError` where Redis does not answer.
    func count(_ who: String) async throws(RedisError) -> Verdict {
        let seconds = now() / 1_000
        let minute = seconds / 60
        let used = try await redis.evaluate(
            Self.script,
            keys: [redis.key("{admin}:rate:\(who):\(minute)")],
            arguments: [120]
        )
        return Verdict(limit: limit, used: Int(used.integer ?? 0), reset: Int(60 - seconds % 60))
    }

    /// KEYS[1] the counter; ARGV[1] its life in seconds. Returns the count with this request.
    private static let script = RedisScript(
        name: "requestRate",
        source: """
            local count = redis.call('INCR', KEYS[1])
            if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
            return count
            """
    )
}
