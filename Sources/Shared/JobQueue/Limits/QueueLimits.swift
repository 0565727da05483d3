import JSON
public import Redis

/// Defines how much the fleet may do for a queue. A change counts from the next task on, on every worker.
///
/// A limit counts within one queue, and in Redis: workers need no configuration. Many writers may act at once.
public struct QueueLimits: Sendable {
    private let redis: RedisClient

    public init(redis: RedisClient) { self.redis = redis }

    /// Bounds the tasks that count for a limit, or for all limits of a class.
    ///
    /// - Parameters:
    ///   - limit: The bound; what runs already goes on.
    ///   - name: ``LimitName/task(_:)`` for all tasks of a name, else a name that tasks are enqueued with.
    ///   - queue: The queue.
    /// - Throws: `JobQueueError(.invalidOptions)` for a negative concurrency, a rate that is not above zero or a burst
    ///   below one; `.unavailable` where Redis did not confirm.
    public func set(_ limit: QueueLimit, for name: LimitName, in queue: QueueName) async throws(JobQueueError) {
        guard limit.isValid else { throw JobQueueError(.invalidOptions, task: nil, cause: nil) }
        let keys = redis.keys(of: queue)
        try await confirmed { () async throws(RedisError) in
            _ = try await redis.evaluate(
                QueueScripts.setLimit,
                keys: [keys.limits, keys.limited],
                arguments: [name.rawValue, limit.bytes, keys.wake]
            )
        }
    }

    /// Lets the tasks that count for a limit run freely. What waits for it is handed out next.
    ///
    /// - Returns: Whether there was such a limit.
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not confirm.
    @discardableResult
    public func remove(_ name: LimitName, in queue: QueueName) async throws(JobQueueError) -> Bool {
        let keys = redis.keys(of: queue)
        return try await confirmed { () async throws(RedisError) in
            let reply = try await redis.evaluate(
                QueueScripts.setLimit,
                keys: [keys.limits, keys.limited],
                arguments: [name.rawValue, "", keys.wake]
            )
            return reply.integer == 1
        }
    }

    /// The limits of a queue that can be read.
    ///
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not answer.
    public func all(of queue: QueueName) async throws(JobQueueError) -> [LimitName: QueueLimit] {
        let reply = try await confirmed { () async throws(RedisError) in
            try await redis.send(RedisCommand("HGETALL", redis.keys(of: queue).limits))
        }
        let fields = reply.array ?? []
        var limits: [LimitName: QueueLimit] = [:]
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let name = fields[index].string.flatMap({ LimitName(wire: $0) }),
                let limit = fields[index + 1].bytes.flatMap({ QueueLimit(reading: $0) })
            else { continue }
            limits[name] = limit
        }
        return limits
    }

    /// Bounds how many tasks may wait in the queue's list; nil for no bound.
    ///
    /// - Throws: `JobQueueError(.invalidOptions)` for a length below 1; `.unavailable` where Redis did not confirm.
    public func setBound(_ bound: QueueBound?, of queue: QueueName) async throws(JobQueueError) {
        guard bound.map({ $0.length > 0 }) ?? true else { throw JobQueueError(.invalidOptions, task: nil, cause: nil) }
        let key = redis.keys(of: queue).bound
        try await confirmed { () async throws(RedisError) in
            if let bound {
                _ = try await redis.send(RedisCommand("SET", key, bound.bytes))
            } else {
                _ = try await redis.send(RedisCommand("DEL", key))
            }
        }
    }

    /// The bound of a queue's list; nil where it has none that can be read.
    ///
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not answer.
    public func bound(of queue: QueueName) async throws(JobQueueError) -> QueueBound? {
        try await confirmed { () async throws(RedisError) in
            try await redis.send(RedisCommand("GET", redis.keys(of: queue).bound)).bytes.flatMap {
                QueueBound(reading: $0)
            }
        }
    }

    private func confirmed<Value>(
        _ body: () async throws(RedisError) -> Value
    ) async throws(JobQueueError) -> Value {
        do throws(RedisError) {
            return try await body()
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }
}

/// How many tasks may wait in a queue's list. Those that are scheduled, parked or held by workers are not counted.
public struct QueueBound: Sendable, Hashable {
    /// What happens to a task that comes when the list is full.
    public enum Policy: String, Sendable, Hashable {
        /// Its producer is told: `JobQueueError(.queueFull)`.
        case refuse
        /// It takes the place of the task that would have come first, which is lost.
        case dropOldest = "drop"
    }

    public var length: Int
    public var policy: Policy

    public init(length: Int, policy: Policy = .refuse) {
        self.length = length
        self.policy = policy
    }

    var bytes: [UInt8] {
        JSONValue.object(["length": .integer(Int64(length)), "policy": .string(policy.rawValue)]).bytes
    }

    init?(reading bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes), let length = value["length"]?.integer else { return nil }
        self.length = Int(clamping: length)
        policy = value["policy"]?.string.flatMap { Policy(rawValue: $0) } ?? .refuse
    }
}
