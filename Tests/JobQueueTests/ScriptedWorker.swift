import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Calls the scripts as a worker does, one by one, to put them into every order that a broken network can.
struct ScriptedWorker {
    let fixture: QueueFixture
    let incarnation = Incarnation.random()
    var lease: Duration = .seconds(30)

    func register() async throws {
        _ = try await fixture.redis.evaluate(
            QueueScripts.register,
            keys: [fixture.keys.workers],
            arguments: [incarnation.rawValue, lease.milliseconds]
        )
    }

    func cycle(_ settlements: [Settlement] = [], fetching: Int = 0, firstTag: Int64 = 1) async throws -> CycleReply {
        var configuration = fixture.configuration
        configuration.lease = lease
        let request = CycleRequest(
            fixture.keys,
            incarnation: incarnation,
            settlements: settlements,
            fetching: fetching,
            firstTag: firstTag,
            configuration: configuration
        )
        let reply = try await fixture.redis.evaluate(
            QueueScripts.cycle,
            keys: request.keys,
            arguments: request.arguments
        )
        return try #require(CycleReply(reply))
    }

    func beat() async throws {
        _ = try await fixture.redis.evaluate(
            QueueScripts.beat,
            keys: [
                fixture.keys.workers, fixture.keys.inflight(incarnation), fixture.keys.reaped, fixture.keys.cancelled,
                fixture.keys.running(incarnation.rawValue),
            ],
            arguments: [incarnation.rawValue, lease.milliseconds, 1]
        )
    }

    func expire() async throws { try await fixture.expire(incarnation) }

    func isFenced(_ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return false
        } catch let error as RedisError {
            return error.prefix == QueueScripts.fenced
        } catch {
            return false
        }
    }
}

extension QueueFixture {
    /// Enqueues tasks with the values "1" to "`count`".
    func push(_ count: Int) async throws {
        try await producer.enqueue(TestJob.self, batch: (1...count).map { .init(value: "\($0)") })
    }

    /// Looks once for ended leases and takes what their workers held.
    func reap(_ adjust: (inout WorkerConfiguration) -> Void = { _ in }) async throws {
        var configuration = configuration
        configuration.lease = .seconds(30)
        adjust(&configuration)
        let reaper = Reaper(queues: [keys], configuration: configuration, redis: redis, logger: Self.logger)
        try await reaper.reap(keys)
    }

    /// Lets a worker settle what too many died of.
    ///
    /// - Parameters:
    ///   - deliveries: How many workers may die of a task.
    ///   - count: How many dead letters there are in the end.
    ///   - work: What the job does with the tasks that are run.
    /// - Throws: Where it does not happen in time.
    func bury(
        afterDeaths deliveries: Int,
        until count: Int = 1,
        _ work: @escaping @Sendable (TestJob.Arguments, JobContext) async throws -> String = { arguments, _ in
            Issue.record("\(arguments.value) is run again")
            return ""
        }
    ) async throws {
        var configuration = configuration
        configuration.maximumDeliveries = deliveries
        try await withWorker(TestJob.registry(work), configuration: configuration) {
            try await eventually("\(count) dead letters and nothing else") { try await census() == ["dead": count] }
        }
    }
}
