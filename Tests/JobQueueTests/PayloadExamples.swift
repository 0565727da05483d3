// The Swift blocks of docs/jobqueue/payload.md, literally: `TutorialTests` compares them.
import JobPayload
import JobQueue
import Logging
import Redis

/// What producers and workers of the shop share.
func shopPayload(keysFile: String) throws -> JobPayload {
    JobPayload(
        compression: .over(bytes: 4_096),
        encryption: try PayloadKeyRing(contentsOf: keysFile),
        storedAside: .over(bytes: 65_536)
    )
}

/// A producer that writes so.
func discreetProducer(on redis: RedisClient, _ payload: JobPayload) -> JobProducer {
    JobProducer(redis: redis, payload: payload)
}

/// A worker that reads so, and writes so what its jobs enqueue.
func discreetWorker(on redis: RedisClient, jobs: JobRegistry, _ payload: JobPayload, logger: Logger) -> JobWorker {
    JobWorker(
        configuration: WorkerConfiguration(queues: ["orders"]),
        registry: jobs,
        redis: redis,
        logger: logger,
        payload: payload
    )
}
