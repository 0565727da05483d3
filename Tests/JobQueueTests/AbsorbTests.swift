import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Absorbing: one run for many tasks of an ordering key", .timeLimit(.minutes(1)))
struct AbsorbTests {
    private func add(_ fixture: QueueFixture, _ values: [String]) async throws {
        for value in values {
            let options = EnqueueOptions(orderingKey: OrderingKey(wire: "k"), taskID: TaskID(value))
            try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options)
        }
    }

    /// A job that waits at the gate, absorbs what waits, and ends as `end` says.
    private func registry(
        _ record: Record,
        _ gate: Signal,
        _ end: @escaping @Sendable (JobContext) throws -> Void = { _ in }
    ) -> JobRegistry {
        TestJob.registry { arguments, context in
            if arguments.value == "1", context.attempt == 1 { await gate.wait() }
            let more = try await context.absorb(TestJob.self)
            record.add(([arguments.value] + more.map(\.arguments.value)).joined(separator: " "))
            try end(context)
            return "done by \(context.taskID)"
        }
    }

    private func run(_ fixture: QueueFixture, _ registry: JobRegistry, _ gate: Signal) async throws {
        var configuration = fixture.configuration
        configuration.lease = .seconds(30)  // A busy machine must not run anything twice.
        try await add(fixture, ["1", "2", "3"])
        try await fixture.withWorker(registry, configuration: configuration) {
            try await eventually("the others wait") { try await fixture.census() == ["inflight": 1, "parked": 2] }
            gate.ring()
            try await eventually("all are settled") { try await fixture.census().isEmpty }
        }
        let survey = try await QueueSurvey(
            of: fixture.keys,
            hasPriorities: true,
            beginsCount: false,
            redis: fixture.redis
        )
        #expect(survey.unaccounted == 0)
        #expect(try await fixture.command("KEYS", "{work}:lane*").array?.isEmpty == true)
    }

    @Test("what waits is done by the run under way, and ends with its result")
    func success() async throws {
        try await QueueFixture.with { fixture in
            let (record, gate) = (Record(), Signal())
            // As if a worker had died holding one of them.
            _ = try await fixture.command("HSET", fixture.keys.deliveries, "2", 1)
            try await run(fixture, registry(record, gate), gate)
            #expect(record.all == ["1 2 3"])
            #expect(try await fixture.command("EXISTS", fixture.keys.deliveries).integer == 0)
            for id: TaskID in ["1", "2", "3"] { #expect(try await fixture.result(id)?["result"] == "done by 1") }
        }
    }

    @Test("where the run fails for good they run on their own, in their order")
    func failure() async throws {
        try await QueueFixture.with { fixture in
            let (record, gate) = (Record(), Signal())
            struct Final: RetryAdvising { var retryAdvice: RetryAdvice { .never } }
            let registry = registry(record, gate) { if $0.taskID == "1" { throw Final() } }
            try await add(fixture, ["1", "2", "3"])
            try await fixture.withWorker(registry) {
                try await eventually("the others wait") { try await fixture.census() == ["inflight": 1, "parked": 2] }
                gate.ring()
                try await eventually("all are settled") { try await fixture.census() == ["dead": 1] }
            }
            #expect(record.all == ["1 2 3", "2 3"])
            #expect(try await fixture.result("1")?["status"] == "FAILURE")
            #expect(try await fixture.result("3")?["result"] == "done by 2")
        }
    }

    @Test("where the run is retried they wait for it, before what came later, and are absorbed again")
    func retry() async throws {
        try await QueueFixture.with { fixture in
            let (record, gate) = (Record(), Signal())
            try await run(
                fixture,
                registry(record, gate) { context in
                    guard context.attempt == 1 else { return }
                    throw TaskFailure(type: "Once", message: "")
                },
                gate
            )
            #expect(record.all == ["1 2 3", "1 2 3"])
        }
    }

    @Test("a dead worker's come back in their order, however far it was")
    func death() async throws {
        try await QueueFixture.with { fixture in
            try await add(fixture, ["1", "2", "3", "4"])
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle(fetching: 9)
            let keys = fixture.keys
            // The second time as if the reply had been lost.
            var replies: [RedisReply] = []
            for _ in 0..<2 {
                replies.append(
                    try await fixture.redis.evaluate(
                        QueueScripts.absorb,
                        keys: [keys.workers, keys.inflight(worker.incarnation), keys.reaped],
                        arguments: [worker.incarnation.rawValue, 30_000, 1, keys.prefix, "k", "1", "test.job", 50, 2]
                    )
                )
            }
            #expect(replies[0].array?.count == 2)
            #expect(replies[0] == replies[1])
            #expect(try await fixture.census() == ["inflight": 3, "parked": 1])
            try await worker.expire()
            try await fixture.reap()
            #expect(try await fixture.census() == ["ready": 1, "parked": 3])
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry) {
                try await eventually("all are settled") { try await fixture.census().isEmpty }
            }
            #expect(record.all == ["1", "2", "3", "4"])
        }
    }
}
