import JobQueue
import Redis

/// How full the places of one queue are.
struct QueueDepths: Equatable {
    let queue: String
    var ready = 0
    var inFlight = 0
    var scheduled = 0
    var dead = 0
    /// Workers whose lease stands.
    var workers = 0
}

/// Reads queues without changing anything.
struct QueueReader {
    let redis: RedisClient

    /// The depths of `queues`, read one queue at a time; they may move while they are read.
    func depths(of queues: [String]) async throws(RedisError) -> [QueueDepths] {
        var result: [QueueDepths] = []
        for queue in queues { result.append(try await depths(of: queue)) }
        return result
    }

    private func depths(of queue: String) async throws(RedisError) -> QueueDepths {
        let keys = QueueKeys(QueueName(queue))
        let time = try await redis.send(RedisCommand("TIME")).array ?? []
        let now = (time.first?.integer ?? 0) * 1_000
        var depths = QueueDepths(queue: queue)
        depths.ready = try await count(RedisCommand("LLEN", keys.ready))
        depths.scheduled = try await count(RedisCommand("ZCARD", keys.scheduled))
        depths.dead = try await count(RedisCommand("LLEN", keys.dead))
        depths.workers = try await count(RedisCommand("ZCOUNT", keys.workers, "(\(now)", "+inf"))
        let members = try await redis.send(RedisCommand("ZRANGE", keys.workers, 0, -1)).array ?? []
        // A worker stays a member until its hash is empty, dead or not.
        for worker in members.compactMap(\.string) {
            depths.inFlight += try await count(RedisCommand("HLEN", keys.inflight(worker)))
        }
        return depths
    }

    /// Up to `count` messages of `queue`, the next one first.
    func next(_ count: Int, of queue: String) async throws(RedisError) -> [[UInt8]] {
        let reply = try await redis.send(RedisCommand("LRANGE", queue, -count, -1))
        return (reply.array ?? []).compactMap(\.bytes).reversed()
    }

    private func count(_ command: RedisCommand) async throws(RedisError) -> Int {
        guard let count = try await redis.send(command).integer else {
            throw RedisError(.unexpectedReply, command: command.name)
        }
        return Int(count)
    }
}
