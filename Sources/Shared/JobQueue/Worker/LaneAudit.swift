import Logging
import Redis

/// Finds ordering keys whose holder is nowhere, and lets the next task of the key go.
///
/// No step of ours leaves such a key behind, but others may: somebody who deletes a message with `redis-cli`, a Python
/// worker on the same queue that knows nothing of ordering keys. Without a look now and then the key's tasks would wait
/// for ever. A key is let go when two looks in a row miss the same holder, since one look can miss a task that moves.
struct LaneAudit {
    /// A queue with more messages than this is not looked through: it would cost more than it is worth.
    static let maximumMessages = 20_000

    let queue: QueueKeys
    let redis: RedisClient
    let logger: Logger
    /// Holders that the last look missed, by ordering key.
    private var missing: [String: String] = [:]

    init(queue: QueueKeys, redis: RedisClient, logger: Logger) {
        self.queue = queue
        self.redis = redis
        self.logger = logger
    }

    /// One look.
    ///
    /// - Throws: `RedisError` where Redis did not answer; what was missed before is still known.
    mutating func look() async throws(RedisError) {
        let keys = (try await redis.send(RedisCommand("HKEYS", queue.lanes)).array ?? []).compactMap(\.string)
        guard !keys.isEmpty else {
            missing = [:]
            return
        }
        let lanes = keys.map { queue.prefix + "lane:" + $0 }
        let holders = try await redis.send(RedisCommand("MGET", arguments: lanes)).array ?? []
        guard let present = try await taskIDs() else { return }
        var missed: [String: String] = [:]
        for (key, holder) in zip(keys, holders) {
            let id = holder.string ?? ""
            if !present.contains(id) { missed[key] = id }
        }
        for (key, id) in missed where missing[key] == id {
            let reply = try await redis.evaluate(
                QueueScripts.leaveLane,
                keys: [queue.ready],
                arguments: [queue.prefix, key, id]
            )
            missed[key] = nil
            guard reply.integer == 1 else { continue }
            logger.warning("let go an ordering key whose task is gone", metadata: ["queue": "\(queue.queue)"])
        }
        missing = missed
    }

    /// The tasks that are anywhere, looked for in the order in which they move; nil where there are too many.
    private func taskIDs() async throws(RedisError) -> Set<String>? {
        let counts = try await redis.send(pipeline: [
            RedisCommand("LLEN", queue.ready), RedisCommand("ZCARD", queue.scheduled),
        ])
        var sum: Int64 = 0
        for count in counts { sum += try count.get().integer ?? 0 }
        guard sum <= Self.maximumMessages else { return nil }

        var ids: Set<String> = []
        func note(_ reply: RedisReply) {
            for message in (reply.array ?? []).compactMap(\.bytes) {
                if let id = (try? TaskMessage(decoding: message))?.id { ids.insert(id.rawValue) }
            }
        }
        note(try await redis.send(RedisCommand("ZRANGE", queue.scheduled, 0, -1)))
        note(try await redis.send(RedisCommand("LRANGE", queue.ready, 0, -1)))
        let workers = try await redis.send(RedisCommand("ZRANGE", queue.workers, 0, -1)).array ?? []
        for worker in workers.compactMap(\.string) {
            note(try await redis.send(RedisCommand("HVALS", queue.inflight(worker))))
        }
        return ids
    }
}
