import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Stopping, quietly", .timeLimit(.minutes(1)))
struct StoppingTests {
    private func messages(_ fixture: QueueFixture) async throws -> [TaskMessage] {
        let ready = try await fixture.command("LRANGE", fixture.keys.ready, 0, -1).array ?? []
        return try ready.map { try TaskMessage(decoding: try #require($0.bytes)) }
    }

    @Test("a job is told of the stop, leaves at a good place, and the next worker goes on there")
    func checkpoint() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { _, context in
                if context.isStopping { record.add("stops too early") }
                try await context.step("half") { record.add("half in attempt \(context.attempt)") }
                guard record.all.count == 1 else { return "whole" }
                await context.stopRequested()
                #expect(context.isStopping)
                #expect(!Task.isCancelled)
                throw JobContext.GiveBack()
            }
            var configuration = fixture.steadyConfiguration
            configuration.concurrency = 1
            configuration.gracePeriod = .seconds(600)
            let first = try await fixture.producer.enqueue(TestJob.self, .init(value: "1")).taskID
            try await fixture.producer.enqueue(TestJob.self, .init(value: "2"))
            try await fixture.run(fixture.life(registry, configuration)) { _ in
                try await eventually("the first half") { record.all.count == 1 }
            }
            let left = try await messages(fixture)
            #expect(left.last?.id == first, "it is the next again")
            #expect(left.allSatisfy { $0.retries == 0 && $0.putOffs == nil })
            #expect(try await fixture.census() == ["ready": 2])
            #expect(try await fixture.command("EXISTS", fixture.keys.workers).integer == 0)

            record.add("stopped")
            try await fixture.withWorker(registry) {
                try await eventually("the whole") { try await fixture.result(first)?["result"] == "whole" }
                try await eventually("the other one") { try await fixture.census() == [:] }
            }
            #expect(record.all.prefix(2) == ["half in attempt 1", "stopped"])
            #expect(record.all.count == 3, "only the other task did its first half")
        }
    }

    @Test("a job that gives its task back although nothing stops is put off, without spending an attempt")
    func givenBack() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { _, context in
                record.add("attempt \(context.attempt)")
                if record.all.count == 1 { throw JobContext.GiveBack() }
                return ""
            }
            try await fixture.withWorker(registry) {
                let begin = ContinuousClock.now
                let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
                try await eventually("success") { try await fixture.result(id)?["status"] == "SUCCESS" }
                #expect(ContinuousClock.now - begin >= .seconds(1), "it waited for its second")
            }
            #expect(record.all == ["attempt 1", "attempt 1"])
        }
    }

    @Test("a quiet worker goes on with what it runs, settles it, and takes nothing more")
    func quiet() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let gate = Gate()
            let registry = TestJob.registry { arguments, context in
                record.add("began \(arguments.value)")
                await gate.pass()
                #expect(!context.isStopping)
                return ""
            }
            let log = Record()
            let life = try await fixture.life(registry, fixture.steadyConfiguration, logger: RecordedLog.logger(log))
            let quiet = QuietRequest()
            let stop = StopRequest()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = await life.run(until: stop, quiet: quiet) }
                let first = try await fixture.producer.enqueue(TestJob.self, .init(value: "1")).taskID
                try await eventually("it runs") { record.all == ["began 1"] }
                quiet.ask()
                try await eventually("quiet") { log.all.contains("takes no more tasks") }
                try await fixture.producer.enqueue(TestJob.self, .init(value: "2"))
                gate.open()
                try await eventually("the first is settled") { try await fixture.result(first)?["status"] == "SUCCESS" }
                try await eventually("the second waits") { try await fixture.census() == ["ready": 1] }
                stop.ask()
                try await group.waitForAll()
            }
            #expect(record.all == ["began 1"])
            #expect(try await fixture.census() == ["ready": 1])
        }
    }

    @Test("a worker says that it takes no more only once its last fetch is over")
    func quietDuringFetch() async throws {
        try await QueueFixture.with { fixture in
            let log = Record()
            let operatorsOwn = try QueueFixture.client(fixture.server)
            defer { operatorsOwn.close() }
            let life = try await fixture.life(
                TestJob.registry { _, _ in "" },
                fixture.steadyConfiguration,
                logger: RecordedLog.logger(log)
            )
            let quiet = QuietRequest()
            let stop = StopRequest()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { _ = await life.run(until: stop, quiet: quiet) }
                try await eventually("it looks") {
                    let listeners = try await fixture.command("PUBSUB", "NUMSUB", fixture.keys.wake)[1]?.integer
                    let clients = try await fixture.command("CLIENT", "LIST").string ?? ""
                    return listeners == 1 && clients.contains("cmd=blmove")
                }
                // Held back together: the look ends, and the fetch that follows waits.
                let held = try await operatorsOwn.send(pipeline: [
                    RedisCommand("PUBLISH", fixture.keys.wake, ""), RedisCommand("CLIENT", "PAUSE", 60_000, "WRITE"),
                ])
                for reply in held { _ = try reply.get() }
                let consumer = life.consumers[0]
                try await eventually("a fetch is held back") {
                    consumer.holdings.withLockedValue { !$0.openCycles.isEmpty }
                }
                quiet.ask()
                try await eventually("it is asked") { consumer.currentPhase == .quiet }
                #expect(!log.all.contains("takes no more tasks"))
                _ = try await operatorsOwn.send(RedisCommand("CLIENT", "UNPAUSE"))
                try await eventually("quiet") { log.all.contains("takes no more tasks") }
                stop.ask()
                try await group.waitForAll()
            }
        }
    }

    @Test("a life that begins quiet takes nothing")
    func quietFromTheStart() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            let quiet = QuietRequest()
            quiet.ask()
            try await fixture.push(1)
            let worker = JobWorker(
                configuration: fixture.configuration,
                registry: registry,
                redis: fixture.redis,
                logger: QueueFixture.logger,
                quiet: quiet
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                // The reaper looks after the consumers have begun.
                try await eventually("it works") {
                    try await fixture.command("EXISTS", fixture.keys.reaped).integer == 1
                }
                #expect(try await fixture.census() == ["ready": 1])
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(record.all.isEmpty)
        }
    }
}
