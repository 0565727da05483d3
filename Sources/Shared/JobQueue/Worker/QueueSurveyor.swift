import Logging
import Redis

/// Counts a queue from time to time, tells the metrics, and says so where tasks are missing.
struct QueueSurveyor {
    let queue: QueueKeys
    let hasPriorities: Bool
    let redis: RedisClient
    let logger: Logger
    private let metrics: QueueMetrics
    private var missing = 0

    init(queue: QueueKeys, hasPriorities: Bool, redis: RedisClient, logger: Logger) {
        self.queue = queue
        self.hasPriorities = hasPriorities
        self.redis = redis
        self.logger = logger
        metrics = QueueMetrics(queue.queue)
    }

    /// One look.
    ///
    /// - Throws: `RedisError` where Redis did not answer.
    mutating func look() async throws(RedisError) {
        let survey = try await QueueSurvey(of: queue, hasPriorities: hasPriorities, beginsCount: true, redis: redis)
        metrics.record(survey)
        let missing = max(0, -survey.unaccounted)
        if missing > self.missing {
            logger.error(
                "tasks are missing: something else than workers and producers took them",
                metadata: ["queue": "\(queue.queue)", "count": "\(missing)"]
            )
        }
        self.missing = missing
    }
}
