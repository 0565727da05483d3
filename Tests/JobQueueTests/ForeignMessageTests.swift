import Foundation
import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Messages of others on our queues", .timeLimit(.minutes(1)))
struct ForeignMessageTests {
    private struct Echo: Job {
        struct Arguments: Codable, Sendable {
            var value: JSONValue
            var k: Int?
        }
        static let name: TaskName = "assistant.echo"
        static let parameters = ["value"]
        static let storesResult = true
        func run(_ arguments: Arguments, in context: JobContext) async throws -> JSONValue { arguments.value }
    }

    private var registry: JobRegistry {
        var registry = JobRegistry()
        registry.register(Echo())
        return registry
    }

    private func push(_ fixture: QueueFixture, _ raw: [UInt8]) async throws {
        _ = try await fixture.command("LPUSH", fixture.keys.ready, raw)
    }

    @Test("a message of protocol 1 is run, in the form of protocol 2")
    func protocolOne() async throws {
        try await QueueFixture.with { fixture in
            let raw = try #require(try CeleryFixture.envelopes("task-protocol-1").first)
            let rewritten = try TaskMessage(decoding: try #require(ProtocolOne.rewritten(raw)))
            #expect(rewritten.id == "0d3f84b3-f22e-40a2-9e3f-379d6a5dbaf8" && rewritten.name == "assistant.echo")
            #expect(rewritten.eta != nil && rewritten.isForeign)
            try await push(fixture, raw)
            try await fixture.withWorker(registry) {
                try await eventually("success") { try await fixture.result(rewritten.id)?["result"] == "old" }
                try await eventually("nothing is left") { try await fixture.census().isEmpty }
            }
        }
    }

    @Test("what only looks like protocol 1 is refused as before")
    func noProtocolOne() throws {
        for raw in try CeleryFixture.envelopes("malformed-messages") + CeleryFixture.envelopes("task-simple") {
            #expect(ProtocolOne.rewritten(raw) == nil)
        }
    }

    @Test("an unknown task goes back behind the others as often as configured, then it has failed")
    func unknown() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.configuration
            configuration.unknownTaskRequeues = 3
            var task = NewTask(id: "strange", name: "python.only", queue: "work", keywordArguments: Array("{}".utf8))
            task.priority = 4
            try await push(fixture, task.encoded(origin: "gen1@python"))
            let log = Record()
            let worker = JobWorker(
                configuration: configuration,
                registry: registry,
                redis: fixture.redis,
                logger: RecordedLog.logger(log)
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                try await eventually("it has failed") {
                    try await fixture.result("strange")?["result"]?["exc_type"] == "NotRegistered"
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            let letter = try #require(try await fixture.command("LINDEX", fixture.keys.dead, 0).bytes)
            #expect(try JSONValue(parsing: letter)["message"]?["headers"]?["requeues"] == 3)
            #expect(try await fixture.census() == ["dead": 1])
            #expect(log.all.count { $0 == "task is not registered here, put back for others" } == 3)
        }
    }

    @Test("while it is there again, another kind of worker gets it; of ours nothing is held")
    func unknownTaken() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            var task = NewTask(id: "strange", name: "python.only", queue: "work", keywordArguments: Array("{}".utf8))
            let lane = try #require(OrderingKey("lane") as OrderingKey?)
            task.orderingKey = lane
            try await push(fixture, task.encoded(origin: "gen1@python"))
            try await fixture.push(2)
            _ = try await worker.cycle(fetching: 1)
            #expect(try await fixture.command("EXISTS", fixture.keys.lane(lane)).integer == 1)
            let store = RedisAttemptStore(fixture.redis, fixture.keys, worker.incarnation, fixture.configuration)
            let attempt = AttemptIdentity(id: "strange", tag: 1)
            try await store.putBehind(task.encoded(origin: "again"), by: attempt)
            #expect(try await fixture.census() == ["ready": 3])
            let last = try await fixture.command("LINDEX", fixture.keys.ready, 0).bytes
            #expect(try TaskMessage(decoding: last ?? []).id == "strange")
            #expect(try await fixture.command("EXISTS", fixture.keys.lane(lane)).integer == 0)
            // Told again, as the reply was lost, it changes nothing.
            await #expect(throws: JobQueueError.self) { try await store.putBehind([1], by: attempt) }
            #expect(try await fixture.census() == ["ready": 3])
        }
    }

    @Test(
        "what a dead worker of ours held is marked as kombu marks it when it goes to another, and nothing else changes"
    )
    func redelivered() async throws {
        try await QueueFixture.with { fixture in
            let envelopes = try ["task-simple", "task-kwargs", "task-stamped", "task-restored"].flatMap {
                try CeleryFixture.envelopes($0)
            }
            for raw in envelopes { try await push(fixture, raw) }
            try await push(fixture, Array(#"{"headers":{},"properties":{"delivery_info":{}}}"#.utf8))
            let dead = ScriptedWorker(fixture: fixture)
            try await dead.register()
            _ = try await dead.cycle(fetching: 10)
            try await dead.expire()
            let reaper = Reaper(
                queues: [fixture.keys],
                configuration: fixture.configuration,
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            try await reaper.reap(fixture.keys)
            let back = try await fixture.command("LRANGE", fixture.keys.ready, 0, -1).array?.compactMap(\.bytes) ?? []
            #expect(back.count == envelopes.count + 1)
            for (before, after) in zip(envelopes, back.reversed()) {
                #expect(TaskDetails(reading: after).isRedelivered)
                var expected = try #require(try JSONValue(parsing: before).object)
                var headers = try #require(expected["headers"]?.object)
                headers["redelivered"] = true
                var properties = try #require(expected["properties"]?.object)
                var info = try #require(properties["delivery_info"]?.object)
                info["redelivered"] = true
                properties["delivery_info"] = .object(info)
                expected["headers"] = .object(headers)
                expected["properties"] = .object(properties)
                let found = try JSONValue(parsing: after)
                #expect(Self.sorted(found) == Self.sorted(.object(expected)))
            }
            #expect(back.first == Array(#"{"headers":{},"properties":{"delivery_info":{}}}"#.utf8))
        }
    }

    /// Members in the order of their names.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        guard let object = value.object else { return value }
        var result = JSONObject()
        for member in object.members.sorted(by: { $0.key < $1.key }) { result[member.key] = sorted(member.value) }
        return .object(result)
    }

    @Test("a message that cannot be read leaves no result where its caller wants none")
    func unreadableIgnored() async throws {
        try await QueueFixture.with { fixture in
            for (id, ignored) in [("told", "false"), ("untold", "true")] {
                let raw =
                    #"{"body":"x","content-type":"text/plain","headers":{"task":"t","id":"\#(id)","ignore_result":\#(ignored)}}"#
                try await push(fixture, Array(raw.utf8))
            }
            try await fixture.withWorker(registry) {
                try await eventually("both are dead letters") { try await fixture.census() == ["dead": 2] }
            }
            #expect(try await fixture.result("told")?["result"]?["exc_type"] == "ContentDisallowed")
            #expect(try await fixture.result("untold") == nil)
        }
    }

    @Test("numbers that only Python writes reach jobs that can hold them; others fail, and nothing else does")
    func numbers() async throws {
        try await QueueFixture.with { fixture in
            func send(_ id: String, _ arguments: String) async throws {
                let raw = JSONValue.object([
                    "body": .string("[\(arguments), {}, {}]"), "content-type": "application/json",
                    "headers": ["task": "assistant.echo", "id": .string(id)],
                ])
                try await push(fixture, raw.bytes)
            }
            try await send("nan", "[[NaN, Infinity, -Infinity, 1180591620717411303424]]")
            try await send("nonsense", "[Nan]")
            try await fixture.withWorker(registry) {
                try await eventually("both have ended") {
                    let ends = try await [
                        fixture.command("EXISTS", fixture.redis.names.result(of: "nan")),
                        fixture.command("EXISTS", fixture.redis.names.result(of: "nonsense")),
                    ]
                    return ends.allSatisfy { $0.integer == 1 }
                }
            }
            let text = try await fixture.command("GET", fixture.redis.names.result(of: "nan")).string ?? ""
            #expect(text.hasPrefix(#"{"status": "SUCCESS", "result": [NaN,Infinity,-Infinity,1180591620717411303424]"#))
            #expect(try await fixture.result("nonsense")?["result"]?["exc_type"] == "DecodeError")
        }
    }

    @Test("a worker binds its queues as kombu does, without an age")
    func bindings() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withWorker(registry) {
                try await eventually("the bindings") {
                    for key in ["_kombu.binding.work", "_kombu.binding_permanent.work"] {
                        let members = try await fixture.command("SMEMBERS", key).array?.compactMap(\.string)
                        guard members == ["work\u{6}\u{16}\u{6}\u{16}work"] else { return false }
                    }
                    return true
                }
            }
            let table = try await QueueBindings(redis: fixture.redis).table(of: "work")
            #expect(table.map(\.queue) == ["work"] && table[0].matches("work") && !table[0].matches("other"))
        }
    }

    /// Takes one of each type that Python's codec wraps, and gives them back.
    private struct Types: Job {
        struct Arguments: Codable, Sendable {
            var moment: Date
            var day: Date
            var time: String
            var price: Decimal
            var id: UUID
            var text: Data
            var bytes: Data
            var anything: JSONValue?
        }
        static let name: TaskName = "assistant.echo"
        static let parameters = ["moment", "day", "time", "price", "id", "text", "bytes"]
        func run(_ arguments: Arguments, in context: JobContext) async throws -> Arguments {
            var arguments = arguments
            arguments.anything = try CeleryJSON.value(of: arguments.moment)
            return arguments
        }
    }

    @Test("what Python's codec wraps reaches a job as types of Swift, and these go back as Python's")
    func wrapped() async throws {
        try await QueueFixture.with { fixture in
            let raw = try #require(try CeleryFixture.envelopes("task-json-special-types").first)
            let id = try TaskMessage(decoding: raw).id
            try await push(fixture, raw)
            var registry = JobRegistry()
            registry.register(Types())
            try await fixture.withWorker(registry) {
                try await eventually("success") { try await fixture.result(id)?["status"] == "SUCCESS" }
            }
            func wrapped(_ type: String, _ value: JSONValue) -> JSONValue {
                ["__type__": .string(type), "__value__": value]
            }
            let moment = wrapped("datetime", "2030-01-02T03:04:05+00:00")
            let expected: JSONValue = [
                "moment": moment, "day": wrapped("datetime", "2030-01-02T00:00:00+00:00"), "time": "03:04:05",
                "price": wrapped("decimal", "1.5"), "id": wrapped("uuid", ["hex": "00000000000000000000000000000005"]),
                "text": wrapped("bytes", "text"), "bytes": wrapped("base64", "//4="), "anything": moment,
            ]
            #expect(try await fixture.result(id)?["result"] == expected)
        }
    }
}
