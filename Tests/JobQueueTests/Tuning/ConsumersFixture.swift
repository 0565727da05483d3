import Redis
import TestSupport
import Testing

@testable import JobQueue

/// What tests of a running worker's queues share: a second queue beside the fixture's, and looks at it.
extension QueueFixture {
    /// The queue that comes and goes.
    static let other: QueueName = "other"
    /// Within which a worker takes from a queue, or leaves it, after the word.
    static let joining: Duration = .seconds(2)

    /// A registry whose job answers each task, and notes from which queue it came.
    static func noting(_ record: Record) -> JobRegistry {
        TestJob.registry { arguments, context in
            record.add("\(context.queue) \(arguments.value)")
            return ""
        }
    }

    func add(_ value: String, to queue: QueueName = other) async throws -> TaskID {
        let options = EnqueueOptions(queue: queue)
        return try await producer.enqueue(TestJob.self, .init(value: value), options: options).taskID
    }

    /// Expects it within that time, but for what the machine takes.
    func soon(_ what: String, _ condition: () async throws -> Bool) async throws {
        let (_, took) = try await unhurried { try await eventually(what, condition) }
        #expect(took < Self.joining, "\(what)")
    }

    func workers(of queue: QueueName = other) async throws -> [String] {
        let reply = try await command("ZRANGE", redis.keys(of: queue).workers, 0, -1)
        return (reply.array ?? []).compactMap(\.string)
    }

    /// In milliseconds since 1970; 0 where there is none.
    func leaseEnd(_ life: WorkerLife) async throws -> Double {
        let score = try await command("ZSCORE", redis.keys(of: Self.other).workers, life.incarnation.rawValue)
        return score.string.flatMap { Double($0) } ?? 0
    }

    func inflight(_ life: WorkerLife) async throws -> Int64? {
        try await command("HLEN", redis.keys(of: Self.other).inflight(life.incarnation)).integer
    }
}
