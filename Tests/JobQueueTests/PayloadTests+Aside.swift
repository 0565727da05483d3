import JSON
import JobPayload
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Bodies in keys of their own, and how these end.
extension PayloadTests {
    @Test("a body aside stays through a retry, a schedule and the dead list, and goes with the success")
    func life() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                if record.all.isEmpty { throw TaskFailure(type: "Shut", message: "") }
                return "\(arguments.value.count)"
            }
            let producer = JobProducer(redis: fixture.redis, payload: Self.aside)
            let options = EnqueueOptions(delay: .milliseconds(50), taskID: "t")
            try await producer.enqueue(TestJob.self, .init(value: Self.large), options: options)
            #expect(try await fixture.census() == ["scheduled": 1])
            try await withWorker(fixture, nil, registry) {
                let letter = try await letter(fixture)
                #expect(letter.deliveries == 3)
                #expect(letter.message.bodyForm?.hasSuffix("bytes aside") == true)
                #expect(try await bodies(fixture) == 1)
                record.add("open")
                _ = try await fixture.control.retryDeadLetters(of: fixture.queue, matching: DeadLetterFilter())
                try await eventually("success") {
                    try await fixture.result("t")?["result"] == .string("\(Self.large.count)")
                }
                #expect(try await bodies(fixture) == 0)
            }
        }
    }

    @Test("a task whose body is gone goes to the dead list with the reason")
    func missing() async throws {
        try await QueueFixture.with { fixture in
            let producer = JobProducer(redis: fixture.redis, payload: Self.aside)
            try await producer.enqueue(TestJob.self, .init(value: Self.large), options: EnqueueOptions(taskID: "t"))
            let reference = try #require(try await waiting(fixture)["headers"]?["body_ref"]?.string)
            #expect(reference.hasPrefix("t:"))
            _ = try await fixture.command("DEL", fixture.keys.body(reference))
            try await withWorker(fixture, nil) {
                let letter = try await letter(fixture)
                #expect(letter.errorType == "BodyMissing")
                #expect(letter.errorMessage?.contains(fixture.keys.body(reference)) == true)
            }
        }
    }

    @Test("two tasks of one id have a body each")
    func sameID() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(String(arguments.value.prefix(1)))
                return ""
            }
            let producer = JobProducer(redis: fixture.redis, payload: Self.aside)
            for letter in ["a", "b"] {
                let value = String(repeating: letter, count: 5_000)
                try await producer.enqueue(TestJob.self, .init(value: value), options: EnqueueOptions(taskID: "t"))
            }
            try await withWorker(fixture, nil, registry) {
                try await eventually("both") { record.all.sorted() == ["a", "b"] }
                try await eventually("nothing is left") { try await bodies(fixture) == 0 }
            }
        }
    }

    @Test("the bodies of a batch come in few round trips")
    func batch() async throws {
        try await QueueFixture.with { fixture in
            let producer = JobProducer(redis: fixture.redis, payload: Self.aside)
            let values = (0..<40).map { TestJob.Arguments(value: "\($0)" + Self.large) }
            let ids = try await producer.enqueue(TestJob.self, batch: values).map(\.taskID)
            #expect(try await bodies(fixture) == 40)
            _ = try await fixture.command("CONFIG", "RESETSTAT")
            try await withWorker(fixture, nil) {
                for (id, value) in zip(ids, values) {
                    try await eventually("success") { try await fixture.result(id)?["result"] == .string(value.value) }
                }
            }
            let fetches = try await fixture.calls("mget")
            #expect((1...6).contains(fetches), "\(fetches) fetches")
            #expect(try await bodies(fixture) == 0)
        }
    }

    @Test("every way in which a task ends without running takes its body along")
    func endings() async throws {
        try await QueueFixture.with { fixture in
            let keys = fixture.keys
            let producer = JobProducer(redis: fixture.redis, payload: Self.aside)
            func enqueue(_ options: EnqueueOptions = EnqueueOptions()) async throws -> EnqueueReceipt {
                try await producer.enqueue(TestJob.self, .init(value: Self.large), options: options)
            }
            // Duplicates never have one.
            _ = try await enqueue(EnqueueOptions(deduplicationKey: "k"))
            #expect(try await enqueue(EnqueueOptions(deduplicationKey: "k")).isDuplicate)
            _ = try await enqueue(EnqueueOptions(uniqueness: Uniqueness(key: "u", until: .ended)))
            #expect(try await enqueue(EnqueueOptions(uniqueness: Uniqueness(key: "u", until: .ended))).isDuplicate)
            #expect(try await bodies(fixture) == 2)
            // Purged, ready and scheduled.
            _ = try await enqueue(EnqueueOptions(delay: .seconds(900)))
            #expect(try await bodies(fixture) == 3)
            for place in QueueControl.Place.allCases { _ = try await fixture.control.purge(place, of: fixture.queue) }
            #expect(try await bodies(fixture) == 0)
            // Debounced.
            for _ in 1...3 {
                let debounce = Debounce(key: "d", wait: .seconds(900), longestWait: .seconds(1_800))
                _ = try await enqueue(EnqueueOptions(debounce: debounce))
            }
            #expect(try await bodies(fixture) == 1)
            _ = try await fixture.control.purge(.scheduled, of: fixture.queue)
            // Dropped as the queue is full.
            _ = try await fixture.command("SET", keys.bound, #"{"length": 2, "policy": "drop"}"#)
            for _ in 1...4 { _ = try await enqueue() }
            #expect(try await bodies(fixture) == 2)
            _ = try await fixture.command("DEL", keys.bound)
            _ = try await fixture.control.purge(.ready, of: fixture.queue)
            // Cancelled and expired.
            let cancelled = try await enqueue().taskID
            let expired = try await enqueue(EnqueueOptions(expiresAfter: .zero)).taskID
            _ = try await fixture.control.cancel(cancelled, in: fixture.queue)
            // Replaced while they wait for their ordering key.
            let gate = Gate()
            defer { gate.open() }
            let registry = TestJob.registry { _, _ in
                await gate.pass()
                return ""
            }
            try await withWorker(fixture, nil, registry) {
                try await eventually("both ended") {
                    let states = [try await fixture.result(cancelled), try await fixture.result(expired)]
                    return states.allSatisfy { $0?["status"] == "REVOKED" }
                }
                #expect(try await bodies(fixture) == 0)
                let key = OrderingKey("lane")
                for policy in [LanePolicy.queue, .latest, .latest, .drop] {
                    _ = try await enqueue(EnqueueOptions(orderingKey: key, whileBusy: policy))
                    try await eventually("it was looked at") { try await fixture.census()["ready"] == nil }
                }
                #expect(try await fixture.census() == ["inflight": 1, "parked": 1])
                #expect(try await bodies(fixture) == 2)
                gate.open()
                try await eventually("nothing is left") { try await fixture.census().isEmpty }
            }
            #expect(try await bodies(fixture) == 0)
        }
    }

    @Test("dead letters that are dropped, purged or too old take their bodies along")
    func deadLetters() async throws {
        try await QueueFixture.with { fixture in
            let registry = TestJob.registry { _, _ in throw JobQueueError(.tooMany, task: nil, cause: nil) }
            let producer = JobProducer(redis: fixture.redis, payload: Self.aside)
            func bury() async throws {
                try await withWorker(fixture, nil, registry) {
                    try await producer.enqueue(TestJob.self, .init(value: Self.large))
                    _ = try await letter(fixture)
                }
                #expect(try await bodies(fixture) == 1)
            }
            try await bury()
            _ = try await fixture.control.dropDeadLetters(of: fixture.queue, matching: DeadLetterFilter())
            #expect(try await bodies(fixture) == 0)
            try await bury()
            _ = try await fixture.control.purge(.dead, of: fixture.queue)
            #expect(try await bodies(fixture) == 0)
            try await bury()
            var configuration = fixture.configuration
            configuration.deadLetterExpires = .seconds(-5)
            let reaper = Reaper(
                queues: [fixture.keys],
                configuration: configuration,
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            try await reaper.expireDeadLetters(of: fixture.keys)
            #expect(try await bodies(fixture) == 0)
            #expect(try await fixture.census().isEmpty)
        }
    }

    @Test("a sweep removes the body of a deleted message, and never one in use, wherever its task is")
    func sweep() async throws {
        try await QueueFixture.with { fixture in
            let keys = fixture.keys
            let producer = JobProducer(redis: fixture.redis, payload: Self.aside)
            let reaper = Reaper(
                queues: [keys],
                configuration: fixture.configuration,
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            func sweep() async throws -> Int {
                _ = try await fixture.command("DEL", keys.bodiesSwept)
                return try await reaper.sweepBodies(of: keys, olderThan: .milliseconds(1))
            }
            // One in every place: limited, parked, in flight, dead, scheduled, by priority, in turns, ready.
            _ = try await fixture.command("HSET", keys.limits, "none", #"{"concurrency": 0}"#)
            let key = OrderingKey("lane")
            let limits = EnqueueOptions(limits: [try #require(LimitName("none")): 1])
            for options in [limits, EnqueueOptions(orderingKey: key), EnqueueOptions(orderingKey: key)] {
                try await producer.enqueue(TestJob.self, .init(value: Self.large), options: options)
            }
            let scripted = ScriptedWorker(fixture: fixture)
            try await scripted.register()
            #expect(try await scripted.cycle(fetching: 10).messages.count == 1)
            try await producer.enqueue(TestJob.self, .init(value: Self.large))
            let buried = try await fixture.command("RPOP", keys.ready).bytes ?? []
            let failure = TaskFailure(type: "Broken", message: "")
            let message = try TaskMessage(decoding: buried)
            _ = try await fixture.command(
                "LPUSH",
                keys.dead,
                DeadLetter.failed(message, failure, crashes: 0, at: .now)
            )
            try await producer.enqueue(TestJob.self, .init(value: Self.large))
            let unreadable = try await fixture.command("RPOP", keys.ready).bytes ?? []
            _ = try await fixture.command("LPUSH", keys.dead, DeadLetter.unreadable(unreadable, failure, at: .now))
            for options in [
                EnqueueOptions(delay: .seconds(900)), EnqueueOptions(priority: 5),
                EnqueueOptions(fairnessKey: FairnessKey("a")), EnqueueOptions(),
            ] {
                try await producer.enqueue(TestJob.self, .init(value: Self.large), options: options)
            }
            let expected = [
                "limited": 1, "parked": 1, "inflight": 1, "dead": 2, "scheduled": 1, "by priority": 1, "turns": 1,
                "ready": 1,
            ]
            #expect(try await fixture.census() == expected)
            #expect(try await bodies(fixture) == 9)
            try await eventually("all are old enough") {
                let latest = try await fixture.command("ZRANGE", keys.bodies, -1, -1, "WITHSCORES")[1]?.string ?? ""
                let now = try await fixture.command("TIME")
                let ms = (now[0]?.integer ?? 0) * 1000 + (now[1]?.integer ?? 0) / 1000
                return ms > (Int64(latest) ?? .max) + 1
            }
            #expect(try await sweep() == 0)
            #expect(try await bodies(fixture) == 9)

            _ = try await fixture.command("DEL", keys.ready)
            try await eventually("the one without a task is removed") { try await sweep() == 1 }
            #expect(try await bodies(fixture) == 8)
            // Another look so soon is not taken.
            _ = try await fixture.command("LTRIM", keys.dead, 1, 0)
            _ = try await fixture.command("SET", keys.bodiesSwept, 1)
            #expect(try await reaper.sweepBodies(of: keys, olderThan: .milliseconds(1)) == 0)
            #expect(try await bodies(fixture) == 8)
        }
    }

    @Test("the batcher of a gateway stores bodies aside in the same step, too")
    func batcher() async throws {
        try await QueueFixture.with { fixture in
            var request = JobProducer(redis: fixture.redis, payload: Self.aside).request(for: fixture.queue)
            for value in ["small", Self.large, "small again"] {
                let task = NewTask(
                    id: .random(),
                    name: TestJob.name,
                    queue: fixture.queue,
                    keywordArguments: JSONValue.object(["value": .string(value)]).bytes
                )
                request.append(task, unlessSeen: [value])
            }
            for fate in [EnqueueFate.added, .seen] {
                let reply = try await fixture.redis.evaluate(
                    QueueScripts.enqueue,
                    keys: request.keys,
                    arguments: request.arguments
                )
                #expect(try EnqueueRequest.fates(reply, of: 3) == [fate, fate, fate])
                #expect(try await bodies(fixture) == 1)
            }
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(String(arguments.value.prefix(12)))
                return ""
            }
            try await withWorker(fixture, nil, registry) {
                try await eventually("all ran") { record.all.sorted() == ["a large text", "small", "small again"] }
                try await eventually("nothing is left") { try await bodies(fixture) == 0 }
            }
        }
    }

    @Test("tasks that are absorbed bring their bodies along, and end with a result of their own")
    func absorbed() async throws {
        try await QueueFixture.with { fixture in
            let payload = JobPayload(encryption: try Self.ring("a"), storedAside: .over(bytes: 1_000))
            let producer = JobProducer(redis: fixture.redis, payload: payload)
            let options = EnqueueOptions(orderingKey: OrderingKey("k"))
            var ids: [TaskID] = []
            for letter in ["a", "b", "c"] {
                let value = String(repeating: letter, count: 5_000)
                ids.append(try await producer.enqueue(TestJob.self, .init(value: value), options: options).taskID)
            }
            let registry = TestJob.registry { arguments, context in
                try await eventually("two wait") { try await fixture.census()["parked"] == 2 }
                let others = try await context.absorb(TestJob.self)
                return ([arguments.value] + others.map(\.arguments.value)).map { String($0.prefix(1)) }.joined()
            }
            try await withWorker(fixture, payload, registry) {
                for id in ids {
                    try await eventually("success") { try await fixture.result(id)?["status"] == "SUCCESS" }
                    let sealed = try await fixture.result(id)?["result"]?.bytes ?? []
                    #expect(try payload.open(sealed, .result, of: id) == Array("\"abc\"".utf8))
                }
            }
            #expect(try await bodies(fixture) == 0)
        }
    }
}
