import JobQueue
import Logging
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

extension Topologies {
    /// Results lie in other slots, and mostly on other nodes, than the queue of their tasks.
    @Suite("Results on a Cluster")
    struct ClusterResultTests {
        struct Telling: Job {
            struct Arguments: Codable, Sendable { var number: Int }
            static let name: TaskName = "test.telling"
            static let queue: QueueName = "telling"
            static let tracksStart = true

            func run(_ arguments: Arguments, in context: JobContext) async throws -> Int {
                try await context.setState(.progress, ["at": arguments.number])
                return arguments.number
            }
        }

        @Test("who waits is woken wherever the result lies, told of states on the way, and finds groups")
        func results() async throws {
            try await ClusterDeployment.with { cluster in
                let redis = try RedisClient(configuration: RedisConfiguration(url: cluster.url), logger: .silent)
                defer { redis.close() }
                let producer = JobProducer(redis: redis)
                var jobs = JobRegistry()
                jobs.register(Telling())
                let worker = JobWorker(
                    configuration: WorkerConfiguration(queues: [Telling.queue]),
                    registry: jobs,
                    redis: redis,
                    logger: .silent
                )
                let receipts = try await producer.enqueue(Telling.self, batch: (0..<60).map { .init(number: $0) })
                let ids = receipts.map(\.taskID)
                let group = producer.results.group(of: ids, as: Int.self)
                try await group.save()
                let waiting = Task { try await group.values(timeout: .seconds(50)) }
                let told = NIOLockedValueBox<Set<String>>([])
                let following = Task {
                    for try await state in producer.handle(of: ids[7], as: Int.self).updates(timeout: .seconds(50)) {
                        told.withLockedValue { _ = $0.insert(state.status.rawValue) }
                    }
                }
                try await withThrowingTaskGroup(of: Void.self) { services in
                    services.addTask { try await worker.run() }
                    #expect(try await waiting.value == Array(0..<60))
                    try await following.value
                    services.cancelAll()
                    try await services.waitForAll()
                }
                #expect(told.withLockedValue { $0 }.contains("SUCCESS"))
                let found = try #require(try await producer.results.savedGroup(group.id, as: Int.self))
                #expect(try await found.counts().succeeded == 60)
                try await found.forget()
                #expect(try await found.counts().waiting == 60)
            }
        }
    }
}
