package import Redis

/// What is in every place of a queue at one moment.
public struct QueueSurvey: Sendable, Equatable {
    public let ready: Int
    public let scheduled: Int
    public let inFlight: Int
    public let parked: Int
    public let limited: Int
    public let dead: Int
    /// What there is beyond what was added and has not ended. Below zero tasks are missing; above zero there are tasks
    /// that none of our producers added and no worker has settled yet. Zero until a worker has begun to compare.
    public let unaccounted: Int
    /// What follows from tasks and is not delivered yet: entries of the outbox, on a Redis Cluster.
    public let outbox: Int
    /// How long the next message of the queue's list, or of the turn of a fairness key, has been waiting since it was
    /// due, the longest of them; nil where none says.
    public let oldestWait: Duration?

    /// Counts them in one step.
    ///
    /// - Parameters:
    ///   - queue: The queue.
    ///   - hasPriorities: Whether there are lists by priority: not on a Redis Cluster.
    ///   - beginsCount: Whether what there is now is taken as the beginning where nothing was compared before, and it can
    ///     be told whose it is: not where a thousand messages and more wait of which some are not our producers'.
    ///   - redis: The client.
    /// - Throws: `RedisError` where Redis did not answer.
    package init(
        of queue: QueueKeys,
        hasPriorities: Bool,
        beginsCount: Bool,
        redis: RedisClient
    ) async throws(RedisError) {
        let reply = try await redis.evaluate(
            QueueScripts.survey,
            keys: [
                queue.ready, queue.scheduled, queue.workers, queue.lanes, queue.limited, queue.dead, queue.counts,
                queue.turns, queue.outbox,
            ],
            arguments: [queue.prefix, hasPriorities ? 1 : 0, beginsCount ? 1 : 0]
        )
        let numbers = (reply.array ?? []).prefix(9).compactMap(\.integer)
        guard numbers.count == 9, let waits = reply[9]?.array else {
            throw RedisError(.unexpectedReply, command: "EVALSHA(survey)")
        }
        ready = Int(numbers[0])
        scheduled = Int(numbers[1])
        inFlight = Int(numbers[2])
        parked = Int(numbers[3])
        limited = Int(numbers[4])
        dead = Int(numbers[5])
        unaccounted = Int(numbers[6])
        outbox = Int(numbers[8])
        let dues = stride(from: 0, to: waits.count - 1, by: 2).map { index in
            max(waits[index].integer ?? -1, waits[index + 1].string.flatMap { WireTime($0) }?.milliseconds ?? -1)
        }
        let first = dues.filter { (0...numbers[7]).contains($0) }.min()
        oldestWait = first.map { .milliseconds(numbers[7] - $0) }
    }
}
