import Foundation
import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Workers on a real Redis")
struct WorkerTests {
    @Test("a task that is enqueued is run and its result stored for Celery's clients")
    func runs() async throws {
        try await QueueFixture.with { fixture in
            let registry = TestJob.registry { arguments, context in "\(arguments.value) \(context.attempt)" }
            try await fixture.withWorker(registry) {
                let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "hello")).taskID
                try await eventually("the result") { try await fixture.result(id) != nil }
                let result = try #require(try await fixture.result(id))
                #expect(result["status"] == "SUCCESS")
                #expect(result["result"] == "hello 1")
                #expect(result["task_id"]?.string == id.rawValue)
                #expect(result["date_done"]?.string.flatMap { WireTime($0) } != nil)
                let life = try await fixture.command("PTTL", BrokerNames.plain.result(of: id)).integer ?? 0
                #expect(life > 86_000_000)
            }
            #expect(try await fixture.census() == [:])
            #expect(try await fixture.command("EXISTS", fixture.keys.workers).integer == 0)
        }
    }

    @Test("what a Python client pushed with plain LPUSH is run, positional arguments bound by name")
    func plainPush() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry) {
                for raw in try CeleryFixture.envelopes("accepted-by-python-worker") {
                    let text = String(decoding: raw, as: UTF8.self)
                    let renamed = text.replacing("assistant.echo", with: "test.job")
                    _ = try await fixture.command("LPUSH", fixture.keys.ready, renamed)
                }
                let count = try CeleryFixture.envelopes("accepted-by-python-worker").count
                try await eventually("all runs") { record.all.count == count }
                #expect(Set(record.all) == ["hello"])
            }
        }
    }

    @Test("what is wrong in a later step of a batch leaves the steps before it enqueued")
    func batchOfWhichAPartIsWrong() async throws {
        struct Weigh: Job {
            static let name: TaskName = "test.weigh"
            struct Arguments: Codable, Sendable { let weights: [String: Int] }
            func run(_ arguments: Arguments, in context: JobContext) async throws -> NoOutput { NoOutput() }
        }
        try await QueueFixture.with { fixture in
            // What Python would take for something else cannot be sent.
            let wrong = ["__type__": 1, "__value__": 1]
            let batch = (0..<65).map { Weigh.Arguments(weights: $0 == 64 ? wrong : [:]) }
            let error = await #expect(throws: JobQueueError.self) {
                try await fixture.producer.enqueue(Weigh.self, batch: batch, options: .init(queue: fixture.queue))
            }
            #expect(error?.code == .invalidArguments)
            let length = try await fixture.redis.send(RedisCommand("LLEN", fixture.keys.ready))
            #expect(length.integer == 64)
            let none = try await fixture.producer.enqueue(Weigh.self, batch: [], options: .init(queue: fixture.queue))
            #expect(none.isEmpty)
        }
    }

    @Test("a batch keeps its order, and a key seen before adds nothing")
    func batchAndDuplicates() async throws {
        try await QueueFixture.with { fixture in
            let arguments = (0..<150).map { TestJob.Arguments(value: "\($0)") }
            let receipts = try await fixture.producer.enqueue(TestJob.self, batch: arguments)
            #expect(receipts.count == 150)
            let first = try await fixture.producer.enqueue(
                TestJob.self,
                .init(value: "150"),
                options: .init(deduplicationKey: "event-1")
            )
            let second = try await fixture.producer.enqueue(
                TestJob.self,
                .init(value: "again"),
                options: .init(deduplicationKey: "event-1")
            )
            #expect(!first.isDuplicate)
            #expect(second.isDuplicate)

            let record = Record()
            var configuration = fixture.configuration
            configuration.concurrency = 1
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry, configuration: configuration) {
                try await eventually("all runs") { record.all.count == 151 }
            }
            #expect(record.all == (0...150).map(String.init))
        }
    }

    @Test("a job that throws is retried with its attempt counted, then succeeds")
    func retries() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { _, context in
                record.add("attempt \(context.attempt), \(context.retriesLeft) left")
                if context.attempt < 3 { throw TaskFailure(type: "Flaky", message: "not yet") }
                return "done"
            }
            try await fixture.withWorker(registry) {
                let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "x")).taskID
                try await eventually("success") { try await fixture.result(id)?["status"] == "SUCCESS" }
            }
            #expect(record.all == ["attempt 1, 2 left", "attempt 2, 1 left", "attempt 3, 0 left"])
            #expect(try await fixture.census() == [:])
        }
    }

    @Test("a job that keeps failing ends on the dead list with its error, and its caller is told")
    func dies() async throws {
        try await QueueFixture.with { fixture in
            let registry = TestJob.registry { _, _ in throw TaskFailure(type: "Broken", message: "never works") }
            try await fixture.withWorker(registry) {
                let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "x")).taskID
                try await eventually("death") { try await fixture.census() == ["dead": 1] }
                let result = try #require(try await fixture.result(id))
                #expect(result["status"] == "FAILURE")
                #expect(result["result"]?["exc_type"] == "Broken")
                #expect(result["result"]?["exc_message"] == ["never works"])
                let letter = try #require(try await fixture.command("LINDEX", fixture.keys.dead, 0).bytes)
                let dead = try JSONValue(parsing: letter)
                #expect(dead["deliveries"] == 3)
                #expect(dead["error"]?["exc_type"] == "Broken")
                #expect(dead["message"]?["headers"]?["id"]?.string == id.rawValue)
            }
        }
    }

    @Test("broken messages go to the dead list with the reason, and the queue goes on")
    func malformed() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            let broken = try CeleryFixture.envelopes("malformed-messages")
            for raw in broken { _ = try await fixture.command("LPUSH", fixture.keys.ready, raw) }
            try await fixture.withWorker(registry) {
                try await fixture.producer.enqueue(TestJob.self, .init(value: "good"))
                try await eventually("the good one") { record.all == ["good"] }
                try await eventually("the dead ones") { try await fixture.census() == ["dead": broken.count] }
            }
            for letter in try await fixture.command("LRANGE", fixture.keys.dead, 0, -1).array ?? [] {
                let dead = try JSONValue(parsing: try #require(letter.bytes))
                #expect(dead["error"]?["exc_message"]?.array?.isEmpty == false)
            }
        }
    }

    @Test("a delayed task is not run before its time, and soon after it")
    func delayed() async throws {
        try await QueueFixture.with { fixture in
            let started = NIOLockedValueBox<ContinuousClock.Instant?>(nil)
            let registry = TestJob.registry { _, _ in
                started.withLockedValue { $0 = .now }
                return ""
            }
            try await fixture.withWorker(registry) {
                let enqueued = ContinuousClock.now
                try await fixture.producer.enqueue(
                    TestJob.self,
                    .init(value: "later"),
                    options: .init(delay: .milliseconds(700))
                )
                try await eventually("the run") { started.withLockedValue { $0 } != nil }
                let waited = try #require(started.withLockedValue { $0 }) - enqueued
                #expect(waited >= .milliseconds(690))
            }
        }
    }

    @Test("a message with an eta that came by plain LPUSH waits in the scheduled set; one that expired is revoked")
    func etaAndExpiry() async throws {
        try await QueueFixture.with { fixture in
            let registry = TestJob.registry { _, _ in "" }
            func push(_ name: String, changing: (inout JSONObject) -> Void) async throws -> TaskID {
                let raw = try #require(try CeleryFixture.envelopes(name).first)
                var envelope = try #require(JSONValue(parsing: raw).object)
                var headers = try #require(envelope["headers"]?.object)
                changing(&headers)
                envelope["headers"] = .object(headers)
                _ = try await fixture.command("LPUSH", fixture.keys.ready, JSONValue.object(envelope).bytes)
                return TaskID(headers["id"]?.string ?? "")
            }
            try await fixture.withWorker(registry) {
                let expired = try await push("task-expires-past") { $0["task"] = "test.job" }
                try await eventually("the revocation") { try await fixture.result(expired)?["status"] == "REVOKED" }
                _ = try await push("task-simple") { headers in
                    headers["task"] = "test.job"
                    headers["eta"] = .string(WireTime.now.advanced(by: .seconds(3600)).text)
                }
                try await eventually("the wait") { try await fixture.census() == ["scheduled": 1] }
            }
        }
    }

    @Test("a worker tells since when it runs what runs for a while, and of nothing once that has ended")
    func tellsStarts() async throws {
        try await QueueFixture.with { fixture in
            let gate = Signal()
            let registry = TestJob.registry { _, _ in
                await gate.wait()
                return ""
            }
            let before = WireTime.now.milliseconds
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
            try await fixture.withWorker(registry) {
                func start() async throws -> Int64? {
                    for worker in try await fixture.command("ZRANGE", fixture.keys.workers, 0, -1).array ?? [] {
                        let running = fixture.keys.running(worker.string ?? "")
                        if let start = try await fixture.command("HGET", running, id.rawValue).integer { return start }
                    }
                    return nil
                }
                try await eventually("it is told") { try await start() != nil }
                let told = try #require(try await start())
                #expect((before - 2000...WireTime.now.milliseconds).contains(told))
                gate.ring()
                try await eventually("it has ended") { try await start() == nil }
            }
        }
    }

    /// LONG_JOB_SECONDS sets how long it runs.
    @Test("a job that runs for many leases is delivered once, with another worker beside it", .timeLimit(.minutes(3)))
    func longJob() async throws {
        let seconds = ProcessInfo.processInfo.environment["LONG_JOB_SECONDS"].flatMap { Int($0) } ?? 26
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { _, context in
                record.add("\(context.attempt) after \(context.crashes) deaths")
                try await Task.sleep(for: .seconds(seconds))
                return "done"
            }
            var configuration = fixture.configuration
            configuration.lease = .seconds(5)
            configuration.beat = .seconds(1)
            let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "")).taskID
            try await fixture.withWorker(registry, configuration: configuration) {
                try await fixture.withWorker(registry, configuration: configuration) {
                    try await eventually("its end", within: .seconds(seconds + 10)) {
                        try await fixture.result(id)?["result"] == "done"
                    }
                    try await eventually("it is settled") { try await fixture.census().isEmpty }
                }
            }
            #expect(record.all == ["1 after 0 deaths"])
        }
    }

    @Test("graceful stop lets the running job finish, takes nothing more, and leaves nothing in flight")
    func gracefulStop() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let gate = Signal()
            let registry = TestJob.registry { arguments, _ in
                record.add("start \(arguments.value)")
                await gate.wait()
                record.add("end \(arguments.value)")
                return ""
            }
            var configuration = fixture.configuration
            configuration.concurrency = 1
            configuration.lease = .seconds(30)  // A busy machine must not end this life.
            try await fixture.producer.enqueue(TestJob.self, batch: ["1", "2"].map { .init(value: $0) })
            let life = try await fixture.life(registry, configuration)
            try await fixture.run(life) { stop in
                try await eventually("the first start") { record.all == ["start 1"] }
                stop.ask()
                try await eventually("the drain") { life.consumers[0].currentPhase == .draining }
                gate.ring()
            }
            #expect(record.all == ["start 1", "end 1"])
            #expect(try await fixture.census() == ["ready": 1])
            #expect(try await fixture.command("EXISTS", fixture.keys.workers).integer == 0)
        }
    }

    @Test("a job that outlives the grace period goes back to the front without spending an attempt")
    func givenBack() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, context in
                record.add("\(arguments.value) \(context.attempt)")
                try await Task.sleep(for: .seconds(60))
                return ""
            }
            var configuration = fixture.configuration
            configuration.gracePeriod = .milliseconds(50)
            configuration.lease = .seconds(30)  // A busy machine must not end this life.
            let receipts = try await fixture.producer.enqueue(
                TestJob.self,
                batch: ["1", "2"].map { .init(value: $0) }
            )
            try await fixture.run(fixture.life(registry, configuration)) { _ in
                try await eventually("both starts") { record.all.count == 2 }
            }
            let ready = try await fixture.command("LRANGE", fixture.keys.ready, 0, -1).array ?? []
            let messages = try ready.map { try TaskMessage(decoding: try #require($0.bytes)) }
            #expect(messages.map(\.id) == receipts.map(\.taskID).reversed())
            #expect(messages.allSatisfy { $0.retries == 0 })
            #expect(try await fixture.census() == ["ready": 2])
        }
    }

    @Test("a Redis that may throw tasks away is refused with the reason")
    func evictingServer() async throws {
        try await QueueFixture.with { fixture in
            _ = try await fixture.command("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
            let worker = JobWorker(
                configuration: fixture.configuration,
                registry: JobRegistry(),
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            let error = await #expect(throws: JobQueueError.self) { try await worker.run() }
            #expect(error?.code == .unsafeServer)
            #expect(error?.description.contains("noeviction") == true)
        }
    }

    @Test("a job over its time limit is cancelled and fails as Celery says")
    func timeLimit() async throws {
        try await QueueFixture.with { fixture in
            let registry = TestJob.registry { _, _ in
                try await Task.sleep(for: .seconds(60))
                return ""
            }
            try await fixture.withWorker(registry) {
                try await fixture.producer.enqueue(
                    TestJob.self,
                    .init(value: ""),
                    options: EnqueueOptions(timeLimit: TaskTimeLimit(soft: .milliseconds(100)), taskID: "slow")
                )
                try await eventually("the failure") { try await fixture.result("slow") != nil }
                let result = try #require(try await fixture.result("slow"))
                #expect(result["result"]?["exc_type"] == "SoftTimeLimitExceeded")
                #expect(result["result"]?["exc_message"] == [])
            }
        }
    }
}
