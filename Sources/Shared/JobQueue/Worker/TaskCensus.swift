import Redis

/// Which tasks a queue has that hold, or may hold, something: all but the parked and the dead.
struct TaskCensus {
    /// A queue with more messages than this is not looked through: it would cost more than it is worth.
    static let maximumMessages = 20_000

    let queue: QueueKeys
    let redis: RedisClient

    /// Their ids, looked for in the order in which tasks move; nil where there are too many.
    func ids() async throws(RedisError) -> Set<String>? {
        let limits = (try await redis.send(RedisCommand("ZRANGE", queue.limited, 0, -1)).array ?? [])
            .compactMap(\.string)
        let turns = (try await redis.send(RedisCommand("ZRANGE", queue.turns, 0, -1)).array ?? []).compactMap(\.string)
        let lists =
            [queue.ready] + queue.byPriority + turns.map { queue.turn($0) } + limits.map { queue.limited(by: $0) }
        let counts = try await redis.send(
            pipeline: [RedisCommand("ZCARD", queue.scheduled)] + lists.map { RedisCommand("LLEN", $0) }
        )
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
        for list in lists { note(try await redis.send(RedisCommand("LRANGE", list, 0, -1))) }
        let workers = try await redis.send(RedisCommand("ZRANGE", queue.workers, 0, -1)).array ?? []
        for worker in workers.compactMap(\.string) {
            note(try await redis.send(RedisCommand("HVALS", queue.inflight(worker))))
        }
        return ids
    }
}
