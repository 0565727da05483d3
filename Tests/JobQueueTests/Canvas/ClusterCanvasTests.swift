import JSON
import JobQueueTesting
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Random canvases on a Cluster", .timeLimit(.minutes(2)))
struct ClusterCanvasTests {
    private static let queues: [QueueName] = ["work", "beside"]

    @Test(
        "100 random canvases over two nodes' queues run the same tasks as in memory, and leave the same values and states"
    )
    func sideBySide() async throws {
        let canvases = (UInt64(2_000)..<2_100).map { seed in
            var random = RandomCanvas(seed: seed, retries: true, queues: Self.queues)
            return ("canvas-\(seed)", random.next(depth: 3))
        }
        let expected = RandomCanvasJobs()
        let memory = TestQueue(jobs: expected.registry)
        for (key, canvas) in canvases {
            try await memory.producer.call(canvas, queue: "work", deduplicationKey: key)
        }
        try await memory.runToEnd(.returned)
        // Which part of a chord ends last is not the same, and what is derived from its id neither.
        let prefix = "celery-task-meta-"
        let given = memory.storedTexts.filter { $0.key.hasPrefix(prefix + "s") }
        #expect(given.count > 200)

        try await ClusterDeployment.with(replicas: false) { cluster in
            let redis = try RedisClient(configuration: RedisConfiguration(url: cluster.url), logger: .silent)
            defer { redis.close() }
            #expect(!redis.keepsTogether("work", "beside"))
            let jobs = RandomCanvasJobs()
            let producer = JobProducer(redis: redis)
            for (key, canvas) in canvases {
                try await producer.call(canvas, queue: "work", deduplicationKey: key)
            }
            var configuration = WorkerConfiguration(queues: Self.queues, concurrency: 50)
            configuration.lease = .seconds(60)
            let worker = JobWorker(
                configuration: configuration,
                registry: jobs.registry,
                redis: redis,
                logger: QueueFixture.logger
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await eventually("all have run", within: .seconds(60)) {
                    guard jobs.record.all.count >= expected.record.all.count else { return false }
                    for queue in Self.queues {
                        let keys = redis.keys(of: queue)
                        for count in [
                            RedisCommand("ZCARD", keys.outbox), RedisCommand("LLEN", keys.ready),
                            RedisCommand("ZCARD", keys.scheduled),
                        ] where try await redis.send(count).integer != 0 { return false }
                    }
                    return true
                }
                for (key, text) in given {
                    let wanted = try JSONValue(parsing: text, maximumDepth: 512)
                    let stored = try await redis.send(RedisCommand("GET", key)).bytes ?? Array("null".utf8)
                    let found = try JSONValue(parsing: stored, maximumDepth: 512)
                    #expect(found["status"] == wanted["status"], "\(key)")
                    #expect(found["result"] == wanted["result"], "\(key)")
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(jobs.record.all.sorted() == expected.record.all.sorted())
        }
    }
}
