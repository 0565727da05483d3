public import Redis

/// Says how tasks of several fairness keys share a queue. A change counts from the next task on, on every worker.
///
/// While tasks of keys A and B wait, of weights 3 and 1, three of A are handed out for each of B. Tasks without a
/// fairness key share one turn of weight 1. A key that has nothing waiting costs the others nothing and saves nothing
/// up.
public struct FairTurns: Sendable {
    /// The weights that count; what is set beyond is refused.
    public static let weights: ClosedRange<Double> = 0.001...1000

    private let redis: RedisClient

    public init(redis: RedisClient) { self.redis = redis }

    /// Says how many turns a key gets where others get one.
    ///
    /// - Parameters:
    ///   - weight: Within ``weights``; 1 is what every key has that was told nothing.
    ///   - key: The key; nil for the tasks that have none.
    ///   - queue: The queue.
    /// - Throws: `JobQueueError(.invalidOptions)` for a weight out of range; `.unavailable` where Redis did not
    ///   confirm.
    public func setWeight(
        _ weight: Double,
        for key: FairnessKey?,
        in queue: QueueName
    ) async throws(JobQueueError) {
        guard Self.weights.contains(weight) else { throw JobQueueError(.invalidOptions, task: nil, cause: nil) }
        try await send("HSET", redis.keys(of: queue).weights, key?.rawValue ?? "", weight)
    }

    /// Gives a key one turn like any other again.
    ///
    /// - Returns: Whether it had a weight of its own.
    /// - Throws: `JobQueueError(.unavailable)` where Redis did not confirm.
    @discardableResult
    public func removeWeight(for key: FairnessKey?, in queue: QueueName) async throws(JobQueueError) -> Bool {
        try await send("HDEL", redis.keys(of: queue).weights, key?.rawValue ?? "").integer == 1
    }

    @discardableResult
    private func send(_ name: String, _ arguments: any RedisArgument...) async throws(JobQueueError) -> RedisReply {
        do throws(RedisError) {
            return try await redis.send(RedisCommand(name, arguments: arguments))
        } catch {
            throw JobQueueError(.unavailable, task: nil, cause: error)
        }
    }
}
