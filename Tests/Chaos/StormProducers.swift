import ChaosJobs
import NIOConcurrencyHelpers
import Redis
import TestSupport

@testable import JobQueue

/// Producers that go on whatever happens: what is not acknowledged is told again, as Feishu does.
final class StormProducers: Sendable {
    private struct State {
        var generator: SeededGenerator
        /// Numbers by when they were acknowledged (ms since 1970).
        var accepted: [String: Int64] = [:]
        /// What jobs enqueue, by the number of the job.
        var children: [String: String] = [:]
        var refusals = 0
        var isOver = false
    }

    private let producer: JobProducer
    private let redis: RedisClient
    private let queue: QueueName
    /// Milliseconds between two tasks of one producer.
    private let pace: Range<Int>
    /// Whether no task is delayed and none is retried: a step of the clock would move it.
    private let isTimeless: Bool
    private let state: NIOLockedValueBox<State>

    init(
        at url: String,
        queue: QueueName,
        durability: Durability,
        seed: UInt64,
        pace: Range<Int> = 5..<45,
        isTimeless: Bool = false
    ) throws {
        self.isTimeless = isTimeless
        self.pace = pace
        redis = try RedisClient(configuration: ChaosBench.hurried(url), logger: .silent)
        producer = JobProducer(redis: redis, durability: durability)
        self.queue = queue
        state = NIOLockedValueBox(State(generator: SeededGenerator(seed: seed)))
    }

    deinit { redis.close() }

    var accepted: [String: Int64] { state.withLockedValue { $0.accepted } }
    var children: [String: String] { state.withLockedValue { $0.children } }
    var refusals: Int { state.withLockedValue { $0.refusals } }

    /// Lets each end with what it is at.
    func stop() { state.withLockedValue { $0.isOver = true } }

    /// Enqueues from several producers until stopped; returns once everything was acknowledged.
    func run() async {
        await withDiscardingTaskGroup { group in
            for producer in 0..<4 { group.addTask { await self.produce(producer) } }
        }
    }

    private func produce(_ name: Int) async {
        var count = 0
        while !state.withLockedValue({ $0.isOver }), !Task.isCancelled {
            count += 1
            let number = "\(name)-\(count)"
            let kind = isTimeless ? random(0..<65) : random(0..<100)
            let wait = random(pace)
            while !Task.isCancelled {
                do throws(JobQueueError) {
                    try await enqueue(number, kind)
                    break
                } catch {
                    state.withLockedValue { $0.refusals += 1 }
                    try? await Task.sleep(for: .milliseconds(20))  // Ends early only by cancellation.
                }
            }
            state.withLockedValue { $0.accepted[number] = Crowd.now }
            try? await Task.sleep(for: .milliseconds(wait))  // Ends early only by cancellation.
        }
    }

    private func enqueue(_ number: String, _ kind: Int) async throws(JobQueueError) {
        var work = Work(number: number, milliseconds: kind % 7 * 20)
        var options = EnqueueOptions(queue: queue, deduplicationKey: number, taskID: TaskID("task-" + number))
        switch kind {
        case 0..<50: try await producer.enqueue(PlainJob.self, work, options: options)
        case 50..<65:
            options.orderingKey = OrderingKey("lane \(kind % 5)")
            try await producer.enqueue(PlainJob.self, work, options: options)
        case 65..<73:
            options.delay = .milliseconds(kind % 8 * 100)
            try await producer.enqueue(PlainJob.self, work, options: options)
        case 73..<80:
            work.failures = kind % 2 + 1
            try await producer.enqueue(PlainJob.self, work, options: options)
        case 80..<87: try await producer.enqueue(SteppedJob.self, work, options: options)
        case 87..<91: try await producer.enqueue(StreamingJob.self, work, options: options)
        case 91..<95:
            options.orderingKey = OrderingKey("absorbed")
            try await producer.enqueue(AbsorbingJob.self, work, options: options)
        default:
            state.withLockedValue { $0.children[number] = number + "-child" }
            try await producer.enqueue(ParentJob.self, work, options: options)
        }
    }

    private func random(_ range: Range<Int>) -> Int {
        state.withLockedValue { Int.random(in: range, using: &$0.generator) }
    }
}
