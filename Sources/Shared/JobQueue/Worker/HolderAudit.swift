import Logging
import Redis

/// Finds ordering keys and places under limits whose holder is nowhere, and lets the next task go.
///
/// No step of ours leaves such a thing behind, but others may: somebody who deletes a message with `redis-cli`, a Python
/// worker on the same queue that knows nothing of ordering keys. Without a look now and then the tasks behind it would
/// wait for ever. A key is let go when two looks in a row miss the same holder, since one look can miss a task that
/// moves.
struct HolderAudit {
    let queue: QueueKeys
    let redis: RedisClient
    let logger: Logger
    /// What the last look missed: holders by ordering key, and pairs of limit and holder.
    private var missingOfLanes: [String: String] = [:]
    private var missingOfLimits: Set<[String]> = []

    init(queue: QueueKeys, redis: RedisClient, logger: Logger) {
        self.queue = queue
        self.redis = redis
        self.logger = logger
    }

    /// One look.
    ///
    /// - Throws: `RedisError` where Redis did not answer; what was missed before is still known.
    mutating func look() async throws(RedisError) {
        let lanes = (try await redis.send(RedisCommand("HKEYS", queue.lanes)).array ?? []).compactMap(\.string)
        let limits = (try await redis.send(RedisCommand("ZRANGE", queue.limited, 0, -1)).array ?? [])
            .compactMap(\.string)
        guard !lanes.isEmpty || !limits.isEmpty else {
            (missingOfLanes, missingOfLimits) = ([:], [])
            return
        }
        let holdersOfLanes = try await holders(of: lanes)
        let holdersOfLimits = try await holders(under: limits)
        guard let present = try await TaskCensus(queue: queue, redis: redis).ids() else { return }
        try await letLanesGo(holdersOfLanes, present)
        try await letPlacesGo(holdersOfLimits, present)
    }

    // MARK: Ordering keys

    private func holders(of lanes: [String]) async throws(RedisError) -> [(lane: String, holder: String)] {
        guard !lanes.isEmpty else { return [] }
        let keys = lanes.map { queue.prefix + "lane:" + $0 }
        let holders = try await redis.send(RedisCommand("MGET", arguments: keys)).array ?? []
        return zip(lanes, holders).map { ($0, $1.string ?? "") }
    }

    private mutating func letLanesGo(
        _ holders: [(lane: String, holder: String)],
        _ present: Set<String>
    ) async throws(RedisError) {
        var missed: [String: String] = [:]
        for (lane, holder) in holders {
            let id = holder.hasPrefix("~") ? String(holder.dropFirst()) : holder
            if !present.contains(id) { missed[lane] = holder }
        }
        for (lane, holder) in missed where missingOfLanes[lane] == holder {
            let reply = try await redis.evaluate(
                QueueScripts.leaveLane,
                keys: [queue.ready],
                arguments: [queue.prefix, lane, holder]
            )
            missed[lane] = nil
            guard reply.integer == 1 else { continue }
            logger.warning("let go an ordering key whose task is gone", metadata: ["queue": "\(queue.queue)"])
        }
        missingOfLanes = missed
    }

    // MARK: Limits

    private func holders(under limits: [String]) async throws(RedisError) -> Set<[String]> {
        var pairs: Set<[String]> = []
        for limit in limits {
            let ids = try await redis.send(RedisCommand("ZRANGE", queue.holders(of: limit), 0, -1)).array ?? []
            for id in ids.compactMap(\.string) { pairs.insert([limit, id]) }
        }
        return pairs
    }

    private mutating func letPlacesGo(_ pairs: Set<[String]>, _ present: Set<String>) async throws(RedisError) {
        var missed = pairs.filter { !present.contains($0[1]) }
        for pair in missed where missingOfLimits.contains(pair) {
            _ = try await redis.send(RedisCommand("ZREM", queue.holders(of: pair[0]), pair[1]))
            missed.remove(pair)
            logger.warning("freed a place under a limit whose task is gone", metadata: ["queue": "\(queue.queue)"])
        }
        missingOfLimits = missed
    }
}
