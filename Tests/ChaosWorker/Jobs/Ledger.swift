package import Redis

/// Where effects are written down: a Redis of its own that no fault reaches, and whose clock all times are of.
package struct Ledger: Sendable {
    /// One run of a job that got as far as its effect.
    package struct Run: Sendable {
        /// What the producer calls the work: one number, one task.
        package let number: String
        package let taskID: String
        /// Milliseconds since 1970.
        package let time: Int64
    }

    /// KEYS: runs, effects by key. ARGV: number, task id.
    private static let noting = RedisScript(
        name: "note",
        source: """
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('RPUSH', KEYS[1], ARGV[1] .. ' ' .. ARGV[2] .. ' ' .. string.format('%.0f', now))
            return redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[1])
            """
    )

    private let redis: RedisClient?
    private let runsKey: String
    private let keyedKey: String

    /// - Parameters:
    ///   - redis: The ledger's own server; nil where nobody reads what is noted.
    ///   - queue: Whose effects.
    package init(_ redis: RedisClient?, queue: String) {
        self.redis = redis
        runsKey = "runs:\(queue)"
        keyedKey = "keyed:\(queue)"
    }

    /// Has the effect of `number`: once for every run, and once for the key that is made of the task's id.
    ///
    /// - Throws: `RedisError`.
    package func note(_ number: String, task: String) async throws {
        _ = try await redis?.evaluate(Self.noting, keys: [runsKey, keyedKey], arguments: [number, task])
    }

    /// Every run so far, in their order.
    ///
    /// - Throws: `RedisError`.
    package func runs() async throws -> [Run] {
        let lines = try await redis?.send(RedisCommand("LRANGE", runsKey, 0, -1)).array ?? []
        return lines.compactMap { line in
            let words = (line.string ?? "").split(separator: " ").map(String.init)
            guard words.count == 3, let time = Int64(words[2]) else { return nil }
            return Run(number: words[0], taskID: words[1], time: time)
        }
    }

    /// How many effects each number had of those that are keyed by the task.
    ///
    /// - Throws: `RedisError`.
    package func keyed() async throws -> [String: Int] {
        let numbers = try await redis?.send(RedisCommand("HVALS", keyedKey)).array?.compactMap(\.string) ?? []
        return Dictionary(numbers.map { ($0, 1) }, uniquingKeysWith: +)
    }
}
