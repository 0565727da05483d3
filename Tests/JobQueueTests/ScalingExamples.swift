import JobQueue
import Logging
import Redis

// The code of docs/jobqueue/scaling.md, in its order. Compiled, not run; a test compares it with the page.

/// A worker that has from 20 to 400 places, as its load asks for.
func elasticWorker(on redis: RedisClient, jobs: JobRegistry, logger: Logger) -> JobWorker {
    var configuration = WorkerConfiguration(queues: ["interactive", "background"])
    configuration.autoscale = 20...400
    return JobWorker(configuration: configuration, registry: jobs, redis: redis, logger: logger)
}

/// What an operator may want of a worker that runs.
func takeAHand(in worker: JobWorker) async throws {
    let tuning = worker.tuning
    try tuning.setAutoscale(50...200)  // or: stopAutoscaling(), then grow(by:), shrink(by:), setConcurrency(_:)
    try tuning.addConsumer("night")
    tuning.cancelConsumer("background")
    try tuning.setTimeLimit(ChargeCard.name, hard: .seconds(20), soft: .seconds(15))
    try await tuning.setRateLimit(ChargeCard.name, TaskRate("100/m"))
    let statistics = tuning.statistics
    print("\(statistics.busy) of \(statistics.concurrency) places taken, of \(statistics.queues)")
}
