import Cryptography
import JSON
import JobPayload
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Bodies that are compressed, encrypted and stored aside", .timeLimit(.minutes(1)))
struct PayloadTests {
    static func ring(_ names: String...) throws -> PayloadKeyRing {
        try PayloadKeyRing(current: names[0], keys: Dictionary(uniqueKeysWithValues: names.map { ($0, key($0)) }))
    }

    static func key(_ name: String) -> [UInt8] { SHA256.hash(name.utf8) }

    static let large = String(repeating: "a large text ", count: 2_000)
    static let aside = JobPayload(storedAside: .over(bytes: 1_000))
    static let echo = TestJob.registry { arguments, _ in arguments.value }

    func withWorker(
        _ fixture: QueueFixture,
        _ payload: (any PayloadCoding)?,
        _ registry: JobRegistry = echo,
        _ body: () async throws -> Void
    ) async throws {
        let worker = JobWorker(
            configuration: fixture.configuration,
            registry: registry,
            redis: fixture.redis,
            logger: QueueFixture.logger,
            payload: payload
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await worker.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// The keys of bodies, and what the index counts: always as many.
    func bodies(_ fixture: QueueFixture) async throws -> Int {
        let script = "return {#redis.call('KEYS', ARGV[1] .. 'body:*'), redis.call('ZCARD', ARGV[1] .. 'bodies')}"
        let counts = try await fixture.command("EVAL", script, 0, fixture.keys.prefix)
        #expect(counts[0]?.integer == counts[1]?.integer)
        return Int(counts[0]?.integer ?? -1)
    }

    func waiting(_ fixture: QueueFixture) async throws -> JSONValue {
        try JSONValue(parsing: try await fixture.command("LINDEX", fixture.keys.ready, -1).bytes ?? [])
    }

    func letter(_ fixture: QueueFixture) async throws -> DeadLetterEntry {
        try await eventually("a dead letter") { try await fixture.census() == ["dead": 1] }
        return try #require(try await fixture.inspector.deadLetter(at: 1, of: fixture.queue))
    }

    // MARK: Forms

    @Test("a small plain task is written byte for byte as without a payload, and costs no other call")
    func small() async throws {
        try await QueueFixture.with { fixture in
            func message(_ payload: (any PayloadCoding)?) async throws -> JSONValue {
                let producer = JobProducer(redis: fixture.redis, payload: payload)
                try await producer.enqueue(TestJob.self, .init(value: "x"), options: EnqueueOptions(taskID: "t"))
                let raw = try await fixture.command("RPOP", fixture.keys.ready).bytes ?? []
                guard case .object(var message) = try JSONValue(parsing: raw) else { return .null }
                message["properties"] = nil  // It has a new delivery tag every time.
                guard case .object(var headers)? = message["headers"] else { return .null }
                headers["enqueued_at"] = nil
                message["headers"] = .object(headers)
                return .object(message)
            }
            let payload = JobPayload(compression: .over(bytes: 4_096), storedAside: .over(bytes: 65_536))
            #expect(try await message(nil) == message(payload))
            _ = try await fixture.command("CONFIG", "RESETSTAT")
            try await withWorker(fixture, payload) {
                let producer = JobProducer(redis: fixture.redis, payload: payload)
                let id = try await producer.enqueue(TestJob.self, .init(value: "x")).taskID
                try await eventually("success") { try await fixture.result(id)?["result"] == "x" }
            }
            #expect(try await fixture.calls("mget") == 0)
            #expect(try await fixture.calls("unlink") == 0)
        }
    }

    @Test(
        "what a producer wrote in any form a worker with the same settings reads, and nothing is left",
        arguments: [false, true],
        [false, true]
    )
    func forms(isCompressed: Bool, isEncrypted: Bool) async throws {
        try await QueueFixture.with { fixture in
            for isAside in [false, true] {
                let payload = JobPayload(
                    compression: isCompressed ? .over(bytes: 100) : .never,
                    encryption: isEncrypted ? try Self.ring("a") : nil,
                    storedAside: isAside ? .over(bytes: 50) : .never
                )
                let producer = JobProducer(redis: fixture.redis, payload: payload)
                let id = try await producer.enqueue(TestJob.self, .init(value: Self.large)).taskID
                let message = try await waiting(fixture)
                #expect(message["headers"]?["compression"]?.string == (isCompressed ? "application/x-gzip" : nil))
                #expect(message["headers"]?["encryption"]?.string == (isEncrypted ? "AES-256-GCM" : nil))
                #expect((message["headers"]?["body_ref"]?.string != nil) == isAside)
                let isReadable = !isEncrypted && !isAside
                #expect(
                    message["content-type"]?.string == (isReadable ? "application/json" : "application/x-jobqueue")
                )
                if isEncrypted || isCompressed || isAside {
                    #expect(message.text.contains("large text") == false)
                }
                #expect(try await bodies(fixture) == (isAside ? 1 : 0))
                try await withWorker(fixture, payload) {
                    try await eventually("success") { try await fixture.result(id)?["status"] == "SUCCESS" }
                }
                let stored = try await fixture.result(id)?["result"]
                #expect((stored?.string == nil) == isEncrypted)
                let opened = try payload.open(stored?.bytes ?? [], .result, of: id)
                #expect(try JSONValue(parsing: opened) == .string(Self.large))
                #expect(try await bodies(fixture) == 0)
                #expect(try await fixture.census().isEmpty)
            }
        }
    }

    @Test(
        "what a Python producer compressed is run, with a payload and without",
        arguments: ["task-gzip", "task-zlib"],
        [true, false]
    )
    func fromPython(name: String, hasPayload: Bool) async throws {
        try await QueueFixture.with { fixture in
            let raw = try #require(try CeleryFixture.envelopes(name).first)
            let id = try TaskMessage(decoding: raw).id
            _ = try await fixture.command("LPUSH", fixture.keys.ready, raw)
            var registry = JobRegistry()
            registry.register(Echo())
            try await withWorker(fixture, hasPayload ? JobPayload() : nil, registry) {
                try await eventually("success") {
                    try await fixture.result(id)?["result"]?.string?.hasPrefix("zzzz") == true
                }
            }
        }
    }

    @Test(
        "another compression, a bomb and what is not compressed are dead letters that say so",
        arguments: [
            (
                "task-bzip2", "ContentDisallowed",
                "compression application/x-bz2 is not accepted, only application/x-gzip"
            ),
            ("bomb", "PayloadTooLarge", "the body decompresses to more than 16778240 bytes"),
            ("damaged", "PayloadUnreadable", "the body is not compressed as its message says"),
        ]
    )
    func unreadable(name: String, type: String, text: String) async throws {
        try await QueueFixture.with { fixture in
            let raw: [UInt8]
            if name == "task-bzip2" {
                raw = try #require(try CeleryFixture.envelopes(name).first)
            } else {
                let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: 40 << 20)
                let bomb = try #require(ZlibStream.compress(zeros, level: 9))
                var task = NewTask(id: "x", name: "assistant.echo", queue: "work", keywordArguments: Array("{}".utf8))
                task.encodedBody = EncodedBody(name == "bomb" ? bomb : [1, 2, 3], compression: ZlibStream.contentType)
                raw = task.encoded(origin: "gen1@host")
            }
            _ = try await fixture.command("LPUSH", fixture.keys.ready, raw)
            var registry = JobRegistry()
            registry.register(Echo())
            try await withWorker(fixture, nil, registry) {
                let letter = try await letter(fixture)
                #expect(letter.errorType == type && letter.errorMessage == text)
                let result = try await fixture.result(try TaskMessage(decoding: raw).id)
                #expect(result?["status"] == "FAILURE" && result?["result"]?["exc_type"]?.string == type)
            }
        }
    }

    struct Echo: Job {
        struct Arguments: Codable, Sendable { var value: String }
        static let name: TaskName = "assistant.echo"
        static let parameters = ["value"]
        func run(_ arguments: Arguments, in context: JobContext) async throws -> String { arguments.value }
    }

    @Test("a key that the worker lacks sends the task to the dead list, where it can be retried with the key")
    func missingKey() async throws {
        try await QueueFixture.with { fixture in
            let producer = JobProducer(redis: fixture.redis, payload: JobPayload(encryption: try Self.ring("new")))
            let id = try await producer.enqueue(TestJob.self, .init(value: "secret")).taskID
            try await withWorker(fixture, JobPayload(encryption: try Self.ring("old"))) {
                let letter = try await letter(fixture)
                #expect(letter.errorType == "PayloadKeyMissing")
                #expect(letter.errorMessage?.contains("key `new`, which this worker does not have") == true)
                #expect(letter.message.bodyForm == "encrypted (AES-256-GCM) with key new")
                #expect(try await fixture.result(id)?["status"] == "FAILURE")
            }
            try await withWorker(fixture, JobPayload(encryption: try Self.ring("old", "new"))) {
                _ = try await fixture.control.retryDeadLetters(of: fixture.queue, matching: DeadLetterFilter())
                try await eventually("success") { try await fixture.result(id)?["status"] == "SUCCESS" }
            }
        }
    }

    @Test("steps are encrypted, found by the next attempt, and of no use to another task")
    func steps() async throws {
        try await QueueFixture.with { fixture in
            let payload = JobPayload(encryption: try Self.ring("a"))
            let journal = fixture.keys.journal(of: "t")
            let registry = TestJob.registry { _, context in
                let value = try await context.step("pay") { "paid by card \(context.attempt)" }
                if context.attempt == 1 {
                    let stored: [UInt8] = try await fixture.command("HGET", journal, "pay").bytes ?? []
                    #expect(!String(decoding: stored, as: UTF8.self).contains("card"))
                    #expect(stored.count > 20)
                    throw TaskFailure(type: "Once", message: "")
                }
                return value
            }
            try await withWorker(fixture, payload, registry) {
                let producer = JobProducer(redis: fixture.redis, payload: payload)
                try await producer.enqueue(TestJob.self, .init(value: ""), options: EnqueueOptions(taskID: "t"))
                try await eventually("success") { try await fixture.result("t")?["status"] == "SUCCESS" }
                let result = try payload.open(try await fixture.result("t")?["result"]?.bytes ?? [], .result, of: "t")
                #expect(String(decoding: result, as: UTF8.self) == "\"paid by card 1\"")

                let foreign = try #require(payload.seal(Array("\"x\"".utf8), .step("pay"), of: "t"))
                _ = try await fixture.command("HSET", fixture.keys.journal(of: "u"), "pay", foreign)
                try await producer.enqueue(TestJob.self, .init(value: ""), options: EnqueueOptions(taskID: "u"))
                let letter = try await letter(fixture)
                #expect(letter.errorMessage?.contains("it was changed, or belongs to another task") == true)
            }
        }
    }

    @Test("arguments over the bound are refused to the producer, and nothing is stored")
    func bound() async throws {
        try await QueueFixture.with { (fixture) async throws -> Void in
            let text = String(repeating: "x", count: JobProducer.maximumArgumentBytes)
            let error = await #expect(throws: JobQueueError.self) {
                try await fixture.producer.enqueue(TestJob.self, .init(value: text))
            }
            #expect(error.map { "\($0)" } == "it is too large (test.job)")
            #expect(try await fixture.census().isEmpty)
        }
    }
}
