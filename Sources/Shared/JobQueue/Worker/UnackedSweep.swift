import Logging
import Redis

/// Puts back what Python workers took from our queues and never acknowledged, since one that dies leaves its messages
/// to those that live on: kombu's sweep (kombu.transport.redis, `QoS.restore_visible`), under its lock and by its
/// timeout.
///
/// Not on a Redis Cluster, which kombu's transport does not know.
struct UnackedSweep: Sendable {
    /// kombu's names (`unacked_key`, `unacked_index_key`, `unacked_mutex_key`).
    private static let entries = "unacked"
    private static let index = "unacked_index"
    private static let lock = "unacked_mutex"
    /// kombu's `unacked_mutex_expire`, in milliseconds.
    private static let lockLife = 300_000
    private static let batchSize = 50

    let queues: [QueueKeys]
    /// How old an entry must be: Celery's `visibility_timeout`.
    let timeout: Duration
    let redis: RedisClient
    let logger: Logger

    /// Looks once; one round trip where there is nothing, or nothing old enough.
    ///
    /// - Returns: How many messages went back.
    /// - Throws: `RedisError` where Redis did not answer.
    @discardableResult
    func look() async throws(RedisError) -> Int {
        let first = try await redis.send(RedisCommand("ZRANGE", Self.index, 0, 0, "WITHSCORES"))
        guard let oldest = first[1]?.string.flatMap({ Double($0) }) else { return 0 }
        let time = QueueInspector.time(try await redis.send(RedisCommand("TIME")))
        let latest = Double(time - timeout.milliseconds) / 1000
        guard oldest <= latest else { return 0 }
        let token = RandomUUID.text()
        let isMine = try await !redis.send(RedisCommand("SET", Self.lock, token, "NX", "PX", Self.lockLife)).isNull
        guard isMine else { return 0 }
        let restored: Int
        do throws(RedisError) {
            restored = try await restore(until: latest)
        } catch {
            // Ends by its age where this fails, too.
            _ = try? await redis.evaluate(QueueScripts.unlock, keys: [Self.lock], arguments: [token])
            throw error
        }
        _ = try await redis.evaluate(QueueScripts.unlock, keys: [Self.lock], arguments: [token])
        if restored > 0 {
            logger.warning("put back what Python workers left unacknowledged", metadata: ["count": "\(restored)"])
        }
        return restored
    }

    /// The newest first: each goes before those that were put back already, so that the oldest is the next.
    private func restore(until latest: Double) async throws(RedisError) -> Int {
        var restored = 0
        var offset = 0
        var queuesByExchange: [String: [String: QueueName]] = [:]
        while true {
            let page = try await redis.send(
                RedisCommand("ZREVRANGEBYSCORE", Self.index, latest, "-inf", "LIMIT", offset, Self.batchSize)
            )
            let tags = (page.array ?? []).compactMap(\.string)
            guard !tags.isEmpty else { return restored }
            let values = try await redis.send(RedisCommand("HMGET", arguments: [Self.entries] + tags)).array ?? []
            var keys: RedisArguments = [Self.entries, Self.index]
            var arguments = RedisArguments()
            var tried = 0
            for (tag, value) in zip(tags, values) {
                guard let raw = value.bytes, let entry = UnackedEntry(reading: raw) else { continue }
                if queuesByExchange[entry.exchange] == nil {
                    queuesByExchange[entry.exchange] = try await queues(of: entry.exchange)
                }
                guard let name = queuesByExchange[entry.exchange]?[entry.routingKey] else { continue }
                keys.append(entry.list(of: QueueKeys(name)))
                arguments.append(tag)
                arguments.append(raw)
                arguments.append(entry.redelivered)
                tried += 1
            }
            var moved = 0
            if tried > 0 {
                let reply = try await redis.evaluate(QueueScripts.restoreUnacked, keys: keys, arguments: arguments)
                moved = Int(reply.integer ?? 0)
            }
            restored += moved
            // What is no longer there, or is not ours, is passed over.
            offset += tags.count - moved
        }
    }

    /// Which of our queues a direct exchange feeds, by routing key (kombu.transport.redis, `Channel.get_table`). What goes
    /// to several queues is kombu's own to put back.
    private func queues(of exchange: String) async throws(RedisError) -> [String: QueueName] {
        let ours = Dictionary(queues.map { ($0.queue.rawValue, $0.queue) }, uniquingKeysWith: { first, _ in first })
        guard !exchange.isEmpty else { return ours }
        let bindings = try await redis.send(RedisCommand("SMEMBERS", "_kombu.binding.\(exchange)")).array ?? []
        var names: [String: [String]] = [:]
        for binding in bindings.compactMap(\.string) {
            let parts = binding.split(separator: "\u{6}\u{16}", omittingEmptySubsequences: false)
            if parts.count == 3 { names[String(parts[0]), default: []].append(String(parts[2])) }
        }
        return names.compactMapValues { $0.count == 1 ? ours[$0[0]] : nil }
    }
}
