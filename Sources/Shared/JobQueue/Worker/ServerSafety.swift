import Redis

/// Whether a Redis, as it is set up, keeps what it was given.
enum ServerSafety {
    /// Looks at the server's own report.
    ///
    /// - Throws: `JobQueueError(.unsafeServer)` with the reason where keys may be evicted: a task could vanish unseen.
    ///   `JobQueueError(.unavailable)` where the server did not answer.
    static func check(_ redis: RedisClient) async throws(JobQueueError) {
        let report: String
        do throws(RedisError) {
            report = try await redis.send(RedisCommand("INFO", "memory")).string ?? ""
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
        guard let policy = evictionPolicy(in: report), policy != "noeviction" else { return }
        throw JobQueueError(.unsafeServer, task: nil, cause: EvictingServer(policy: policy))
    }

    /// The policy in a reply to `INFO memory`; nil where it does not say.
    static func evictionPolicy(in report: String) -> String? {
        report.split(whereSeparator: \.isNewline)
            .first { $0.hasPrefix("maxmemory_policy:") }
            .map { String($0.drop { $0 != ":" }.dropFirst()) }
    }
}

/// A Redis that throws keys away when its memory is full.
struct EvictingServer: Error, CustomStringConvertible {
    let policy: String

    var description: String {
        "maxmemory-policy is \(policy), so tasks can be thrown away; set it to noeviction"
    }
}
