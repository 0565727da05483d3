public import Redis

/// How one fairness key stands in a queue.
public struct FairTurn: Sendable, Equatable {
    /// '' for the tasks that have none.
    public let key: String
    public let weight: Double
    /// Tasks that wait for a turn of the key.
    public let waiting: Int
}

extension QueueInspector {
    /// The fairness keys that have tasks waiting or a weight of their own, by key.
    ///
    /// Two round trips.
    public func turns(of queue: QueueName) async throws(RedisError) -> [FairTurn] {
        let keys = redis.keys(of: queue)
        let replies = try await replies([
            RedisCommand("HGETALL", keys.weights), RedisCommand("ZRANGE", keys.turns, 0, -1),
        ])
        let fields = replies[0].array ?? []
        var weights: [String: Double] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            weights[fields[index].string ?? ""] = fields[index + 1].string.flatMap { Double($0) }
        }
        let waitedFor = (replies[1].array ?? []).compactMap(\.string)
        let names = Set(weights.keys).union(waitedFor).sorted()
        let counts = try await self.replies(
            names.map { RedisCommand("LLEN", $0.isEmpty ? keys.ready : keys.turn($0)) }
        )
        return zip(names, counts).compactMap { name, count in
            let waiting = Int(count.integer ?? 0)
            guard waiting > 0 || weights[name] != nil else { return nil }
            return FairTurn(key: name, weight: weights[name] ?? 1, waiting: waiting)
        }
    }
}
