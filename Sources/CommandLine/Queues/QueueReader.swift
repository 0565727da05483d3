import Redis

/// How full the places of one queue are.
struct QueueDepths: Equatable {
    let queue: String
    var ready = 0
    var inFlight = 0
    var scheduled = 0
    var dead = 0
    var parked = 0
    /// Workers whose lease stands.
    var workers = 0
}

/// Reads queues without changing anything.
struct QueueReader {
    let redis: RedisClient

    /// Keys looked at in one step of walking through them.
    private static let scanStep = 1_000

    /// The depths of `queues`, read one queue at a time; they may move while they are read.
    func depths(of queues: [String]) async throws(RedisError) -> [QueueDepths] {
        let places = try await places(of: queues)
        var result: [QueueDepths] = []
        for queue in queues { result.append(try await depths(of: queue, places: places)) }
        return result
    }

    private func depths(of queue: String, places: Places) async throws(RedisError) -> QueueDepths {
        let keys = QueueKeys(queue: queue)
        let time = try await redis.send(RedisCommand("TIME")).array ?? []
        let now = (time.first?.integer ?? 0) * 1_000
        var depths = QueueDepths(queue: queue)
        depths.ready = try await count(RedisCommand("LLEN", keys.ready))
        depths.scheduled = try await count(RedisCommand("ZCARD", keys.scheduled))
        depths.dead = try await count(RedisCommand("LLEN", keys.dead))
        depths.workers = try await count(RedisCommand("ZCOUNT", keys.workers, "(\(now)", "+inf"))
        let members = try await redis.send(RedisCommand("ZRANGE", keys.workers, 0, -1)).array ?? []
        let hashes = Set(members.compactMap(\.string).map(keys.inFlight)).union(places.inFlight[queue] ?? [])
        depths.inFlight = try await sum(hashes.map { RedisCommand("HLEN", $0) })
        depths.parked = try await sum((places.parked[queue] ?? []).map { RedisCommand("LLEN", $0) })
        return depths
    }

    /// Up to `count` messages of `queue`, the next one first.
    func next(_ count: Int, of queue: String) async throws(RedisError) -> [[UInt8]] {
        let reply = try await redis.send(RedisCommand("LRANGE", queue, -count, -1))
        return (reply.array ?? []).compactMap(\.bytes).reversed()
    }

    // MARK: Walking through the keys

    private struct Places {
        var inFlight: [String: Set<String>] = [:]
        var parked: [String: Set<String>] = [:]
    }

    /// The hashes and lists that only their names tell about. Walks through all keys in steps that hold up nobody.
    private func places(of queues: [String]) async throws(RedisError) -> Places {
        var places = Places()
        var cursor = "0"
        repeat {
            let command = RedisCommand("SCAN", cursor, "MATCH", "{*}:[ip]*", "COUNT", Self.scanStep)
            let reply = try await redis.send(command).array ?? []
            guard reply.count == 2, let next = reply[0].string, let found = reply[1].array else {
                throw RedisError(.unexpectedReply, command: "SCAN")
            }
            for key in found.compactMap(\.string) {
                for queue in queues {
                    let keys = QueueKeys(queue: queue)
                    if key.hasPrefix(keys.inFlightPrefix) { places.inFlight[queue, default: []].insert(key) }
                    if key.hasPrefix(keys.parkedPrefix) { places.parked[queue, default: []].insert(key) }
                }
            }
            cursor = next
        } while cursor != "0"
        return places
    }

    private func count(_ command: RedisCommand) async throws(RedisError) -> Int {
        guard let count = try await redis.send(command).integer else {
            throw RedisError(.unexpectedReply, command: command.name)
        }
        return Int(count)
    }

    private func sum(_ commands: [RedisCommand]) async throws(RedisError) -> Int {
        var total = 0
        for command in commands { total += try await count(command) }
        return total
    }
}
