import Logging
import Redis

/// Puts back what Python workers took from our queues and never acknowledged, since one that dies leaves its messages
/// to those that live on: kombu's sweep (kombu.transport.redis, `QoS.restore_visible`), under its lock and by its
/// timeout.
///
/// Not on a Redis Cluster, which kombu's transport does not know.
struct UnackedSweep: Sendable {
    /// kombu's `unacked_mutex_expire`, in milliseconds.
    private static let lockLife = 300_000
    private static let batchSize = 50

    let queues: [QueueKeys]
    /// How old an entry must be: Celery's `visibility_timeout`.
    let timeout: Duration
    let redis: RedisClient
    let logger: Logger

    private var names: BrokerNames { redis.names }

    /// Looks once; one round trip where there is nothing, or nothing old enough.
    ///
    /// - Returns: How many messages went back.
    /// - Throws: `RedisError` where Redis did not answer.
    @discardableResult
    func look() async throws(RedisError) -> Int {
        let first = try await redis.send(RedisCommand("ZRANGE", names.unackedIndex, 0, 0, "WITHSCORES"))
        guard let oldest = first[1]?.string.flatMap({ Double($0) }) else { return 0 }
        let time = QueueInspector.time(try await redis.send(RedisCommand("TIME")))
        let latest = Double(time - timeout.milliseconds) / 1000
        guard oldest <= latest else { return 0 }
        let token = RandomUUID.text()
        let isMine = try await !redis.send(RedisCommand("SET", names.unackedMutex, token, "NX", "PX", Self.lockLife))
            .isNull
        guard isMine else { return 0 }
        let restored: Int
        do throws(RedisError) {
            restored = try await restore(until: latest)
        } catch {
            // Ends by its age where this fails, too.
            _ = try? await redis.evaluate(QueueScripts.unlock, keys: [names.unackedMutex], arguments: [token])
            throw error
        }
        _ = try await redis.evaluate(QueueScripts.unlock, keys: [names.unackedMutex], arguments: [token])
        if restored > 0 {
            logger.warning("put back what Python workers left unacknowledged", metadata: ["count": "\(restored)"])
        }
        return restored
    }

    /// The newest first: each goes before those that were put back already, so that the oldest is the next.
    private func restore(until latest: Double) async throws(RedisError) -> Int {
        var restored = 0
        var offset = 0
        var tables: [String: [QueueBindings.Binding]] = [:]
        while true {
            let page = try await redis.send(
                RedisCommand("ZREVRANGEBYSCORE", names.unackedIndex, latest, "-inf", "LIMIT", offset, Self.batchSize)
            )
            let tags = (page.array ?? []).compactMap(\.string)
            guard !tags.isEmpty else { return restored }
            let values = try await redis.send(RedisCommand("HMGET", arguments: [names.unacked] + tags)).array ?? []
            var keys: RedisArguments = [names.unacked, names.unackedIndex]
            var arguments = RedisArguments()
            var tried = 0
            for (tag, value) in zip(tags, values) {
                guard let raw = value.bytes, let entry = UnackedEntry(reading: raw) else { continue }
                if !entry.exchange.isEmpty, tables[entry.exchange] == nil {
                    tables[entry.exchange] = try await QueueBindings(redis: redis).table(of: entry.exchange)
                }
                let targets = targets(of: entry, tables[entry.exchange] ?? [])
                guard !targets.isEmpty else { continue }
                for queue in targets { keys.append(entry.list(of: redis.keys(of: queue))) }
                arguments.append(tag)
                arguments.append(raw)
                arguments.append(entry.redelivered)
                arguments.append(targets.count)
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

    /// The queues that a message goes back to: of a named exchange all that it feeds by this routing key (kombu.transport
    /// .virtual, `Channel._lookup`). None where none of them is ours: that is for others to put back.
    private func targets(of entry: UnackedEntry, _ table: [QueueBindings.Binding]) -> [QueueName] {
        let ours = queues.map(\.queue)
        guard !entry.exchange.isEmpty else { return ours.filter { $0.rawValue == entry.routingKey } }
        let fed = table.filter { $0.matches(entry.routingKey) }.map(\.queue)
        guard fed.contains(where: { ours.contains($0) }) else { return [] }
        return Set(fed).sorted { $0.rawValue < $1.rawValue }
    }
}
