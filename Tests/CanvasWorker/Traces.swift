import JobQueue
import Redis

/// What the jobs leave behind in Redis, in hashes by task id; `canvas_tasks.py` leaves the same.
struct Traces: Sendable {
    private let redis: RedisClient

    init(_ redis: RedisClient) {
        self.redis = redis
    }

    /// Notes a run in `canvas:runs`, by the id and how often that was replaced, and in `canvas:by` that this kind of
    /// worker ran it.
    ///
    /// - Throws: `RedisError`.
    func run(_ context: JobContext) async throws {
        let nesting = context.details.replacedTaskNesting
        let name = nesting > 0 ? "\(context.taskID)^\(nesting)" : context.taskID.rawValue
        _ = try await redis.send(RedisCommand("HINCRBY", "canvas:runs", name, 1))
        _ = try await redis.send(RedisCommand("HINCRBY", "canvas:by", "swift", 1))
    }

    /// Notes an effect in `canvas:effects`.
    ///
    /// - Throws: `RedisError`.
    func effect(_ context: JobContext) async throws {
        _ = try await redis.send(RedisCommand("HINCRBY", "canvas:effects", context.taskID.rawValue, 1))
    }

    /// Notes in `canvas:told` that an error callback was told of that task's failure.
    ///
    /// - Throws: `RedisError`.
    func told(_ failedID: String) async throws {
        _ = try await redis.send(RedisCommand("HINCRBY", "canvas:told", failedID, 1))
    }

    /// Whether this is the first time that the task is to die.
    ///
    /// - Throws: `RedisError`.
    func mayDie(_ context: JobContext) async throws -> Bool {
        try await redis.send(RedisCommand("HSETNX", "canvas:killed", context.taskID.rawValue, 1)).integer == 1
    }
}
