import JSON
import JobPayload
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Events", .timeLimit(.minutes(1)))
struct EventTests {
    /// The members of an event that Python wrote, but for the one that shifts times and is left out on purpose.
    private func members(_ fixture: String) throws -> Set<String> {
        let event = try #require(try CeleryFixture.load(fixture)["event"]?.object)
        return Set(event.members.map(\.key)).subtracting(["utcoffset"]).union(["channel"])
    }

    private func members(_ event: JSONValue?) throws -> Set<String> {
        Set(try #require(event?.object).members.map(\.key))
    }

    private let jobs = TestJob.registry { arguments, context in
        switch arguments.value {
        case "fail": throw TaskFailure(type: "ValueError", message: "boom")
        case "retry" where context.attempt == 1: throw RetryNow()
        case "wait":
            try await Task.sleep(for: .seconds(600))
            return ""
        default: return arguments.value
        }
    }

    private struct RetryNow: RetryAdvising {
        var retryAdvice: RetryAdvice { .after(.milliseconds(1)) }
    }

    @Test("a worker tells of its beginning, beats as often as it says, and tells of its end")
    func workerEvents() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withEvents { events in
                try await fixture.withWorker(jobs, configuration: fixture.remote()) {
                    try await eventually("three beats") {
                        events.all.count { $0["type"]?.string == "worker-heartbeat" } >= 3
                    }
                }
                try await eventually("it said farewell") { events.event("worker-offline") != nil }
                let all = events.all
                #expect(all.first?["type"]?.string == "worker-online")
                #expect(all.last?["type"]?.string == "worker-offline")
                for (type, fixture) in [
                    ("worker-online", "event-worker-online"), ("worker-heartbeat", "event-worker-heartbeat"),
                    ("worker-offline", "event-worker-offline"),
                ] {
                    #expect(try members(events.event(type)) == members(fixture))
                }
                let beat = try #require(events.event("worker-heartbeat"))
                #expect(beat["freq"] == .double(0.1))
                #expect(beat["hostname"]?.string == "swift@host")
                #expect(beat["channel"]?.string == "/0.celeryev/worker.heartbeat")
                #expect(beat["loadavg"]?.array?.count == 3)
                #expect(abs((beat["timestamp"]?.double ?? 0) - Double(WireTime.now.milliseconds) / 1000) < 30)
                let clocks = all.compactMap { $0["clock"]?.integer }
                #expect(clocks.count == all.count && clocks == clocks.sorted() && Set(clocks).count == clocks.count)
            }
        }
    }

    @Test("tasks are told of in order, each event with Celery's members, and the clocks rise")
    func taskEvents() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withEvents { events in
                func add(_ value: String, _ options: EnqueueOptions = .init()) async throws -> TaskID {
                    try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options).taskID
                }
                let configuration = fixture.remote(sendsTaskEvents: true)
                try await fixture.withWorker(jobs, configuration: configuration) {
                    let good = try await add("it's")
                    let failed = try await add("fail")
                    let retried = try await add("retry")
                    let running = try await add("wait")
                    let expired = try await add("x", .init(delay: .milliseconds(30), expiresAfter: .milliseconds(1)))
                    try await eventually("all began") { events.types(of: running).contains("task-started") }
                    try await fixture.producer.cancel(running, in: fixture.queue)
                    let unknown = try fixture.message("unknown", task: "no.such")
                    _ = try await fixture.command("LPUSH", fixture.keys.ready, unknown)

                    try await eventually("all are told of") {
                        events.types(of: good).count == 3 && events.types(of: failed).count == 9
                            && events.types(of: retried).count == 6 && events.types(of: running).count == 3
                            && events.types(of: expired).count == 2 && events.types(of: "unknown").count == 2
                    }
                    #expect(events.types(of: good) == ["task-received", "task-started", "task-succeeded"])
                    #expect(events.types(of: failed).suffix(3) == ["task-received", "task-started", "task-failed"])
                    #expect(events.types(of: failed).filter { $0 == "task-retried" }.count == 2)
                    #expect(
                        events.types(of: retried) == [
                            "task-received", "task-started", "task-retried", "task-received", "task-started",
                            "task-succeeded",
                        ]
                    )
                    #expect(events.types(of: running) == ["task-received", "task-started", "task-revoked"])
                    #expect(events.types(of: expired) == ["task-received", "task-revoked"])
                    #expect(events.types(of: "unknown") == ["task-received", "task-failed"])

                    for (type, id, fixture) in [
                        ("task-received", good, "event-task-received"), ("task-started", good, "event-task-started"),
                        ("task-succeeded", good, "event-task-succeeded"), ("task-failed", failed, "event-task-failed"),
                        ("task-retried", retried, "event-task-retried"),
                        ("task-revoked", running, "event-task-revoked-terminated"),
                        ("task-revoked", expired, "event-task-revoked-expired"),
                    ] {
                        #expect(try members(events.event(type, of: id)) == members(fixture), "\(type)")
                    }
                    let received = try #require(events.event("task-received", of: good))
                    #expect(received["name"]?.string == "test.job")
                    #expect(received["args"]?.string == "()" && received["kwargs"]?.string == "{…}")
                    #expect(received["channel"]?.string == "/0.celeryev/task.multi")
                    #expect(received["root_id"]?.string == good.rawValue && received["eta"] == .null)
                    let succeeded = try #require(events.event("task-succeeded", of: good))
                    #expect(succeeded["result"]?.string == "\"it's\"")
                    #expect((0..<30).contains(succeeded["runtime"]?.double ?? -1))
                    #expect(events.event("task-failed", of: failed)?["exception"]?.string == "ValueError('boom')")
                    let terminated = try #require(events.event("task-revoked", of: running))
                    #expect(terminated["terminated"] == true && terminated["expired"] == false)
                    let late = try #require(events.event("task-revoked", of: expired))
                    #expect(late["terminated"] == false && late["expired"] == true)
                    let lost = events.event("task-failed", of: "unknown")
                    #expect(lost?["exception"]?.string == "NotRegistered(\"'no.such'\")")
                    let clocks = events.ofTasks.compactMap { $0["clock"]?.integer }
                    #expect(clocks == clocks.sorted() && Set(clocks).count == clocks.count)
                }
            }
        }
    }

    @Test("nothing is told of tasks until that is switched on, and nothing once it is off; the replies are Celery's")
    func switching() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withEvents { events in
                let client = RemoteClient(fixture)
                try await fixture.withWorker(jobs, configuration: fixture.remote()) {
                    try await client.untilHeard()
                    func run(_ value: String) async throws -> TaskID {
                        let id = try await fixture.producer.enqueue(TestJob.self, .init(value: value)).taskID
                        try await eventually("it ran") { try await fixture.result(id) != nil }
                        return id
                    }
                    let before = try await run("before")
                    #expect(try await client.reply("enable_events") == ["ok": "task events enabled"])
                    #expect(try await client.reply("enable_events") == ["ok": "task events already enabled"])
                    let between = try await run("between")
                    try await eventually("it is told of") { events.types(of: between).count == 3 }
                    #expect(try await client.reply("disable_events") == ["ok": "task events disabled"])
                    #expect(try await client.reply("disable_events") == ["ok": "task events already disabled"])
                    let after = try await run("after")
                    // The farewell comes behind everything that was collected.
                    #expect(events.types(of: before).isEmpty)
                    #expect(events.types(of: after).isEmpty)
                }
                try await eventually("it said farewell") { events.event("worker-offline") != nil }
                #expect(events.ofTasks.count == 3)
            }
        }
    }

    @Test("a producer tells of what it has stored where it is told to, once each, and of nothing else")
    func sent() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withEvents { events in
                var producer = fixture.producer
                try await producer.enqueue(TestJob.self, .init(value: "silent"))
                producer.announcesTasks = true
                let options = EnqueueOptions(deduplicationKey: "k")
                let id = try await producer.enqueue(TestJob.self, .init(value: "x"), options: options).taskID
                try await producer.enqueue(TestJob.self, .init(value: "x"), options: options)
                try await producer.enqueue(TestJob.self, batch: [.init(value: "a"), .init(value: "b")])
                try await eventually("all are told of") { events.ofTasks.count == 3 }
                let event = try #require(events.event("task-sent", of: id))
                #expect(try members(event) == members("event-task-sent"))
                #expect(event["queue"] == "work" && event["channel"] == "/0.celeryev/task.sent")
                #expect(Set(events.ofTasks.compactMap { $0["clock"]?.integer }).count == 3)
            }
        }
    }

    @Test("what canvases, retries and periodic jobs put into queues is told of, too, each as it is put there")
    func sentByWorkers() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.remote()
            configuration.announcesTasks = true
            var producer = fixture.producer
            producer.announcesTasks = true
            try await fixture.withEvents { events in
                let chord = Signature(.chord(header: [.add(1), .add(2)], body: .total.with(["task_id": "body"])))
                let canvas = Signature(.chain([.add(0, 1).with(["task_id": "first"]), .add(5), chord]))
                try await producer.call(canvas, queue: fixture.queue)
                try await eventually("only what is published is told of") { events.ofTasks.count == 1 }
                try await fixture.withWorker(CanvasJobs().registry, configuration: configuration) {
                    _ = try await fixture.final("body")
                    try await eventually("all are told of") { events.ofTasks.count == 5 }
                }
                let sent = events.ofTasks
                #expect(sent.allSatisfy { $0["type"] == "task-sent" && $0["root_id"] == "first" })
                #expect(sent.first?["uuid"] == "first" && sent.last?["uuid"] == "body")
                #expect(sent.last?["name"] == "total" && sent.last?["queue"] == "work")
                #expect(try members(sent.last) == members("event-task-sent"))
            }
            try await fixture.withEvents { events in
                try await fixture.withWorker(jobs, configuration: configuration) {
                    let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "retry")).taskID
                    try await eventually("it is done") { try await fixture.result(id)?["status"] == "SUCCESS" }
                    try await eventually("its retry is told of") { events.event("task-sent", of: id) != nil }
                    let retry = events.event("task-sent", of: id)
                    #expect(retry?["retries"] == 1 && retry?["eta"]?.string != nil)
                    #expect(try members(retry) == members("event-task-sent"))
                }
            }
            try await fixture.withEvents { events in
                try await fixture.add(try QueueFixture.job(every: .seconds(3_600)))
                let scheduler = PeriodicScheduler(
                    redis: fixture.redis,
                    announcesTasks: true,
                    logger: QueueFixture.logger
                )
                try await fixture.withScheduler(scheduler) {
                    try await eventually("its task is told of") { events.ofTasks.count == 1 }
                    #expect(events.ofTasks.first?["type"] == "task-sent" && events.ofTasks.first?["name"] == "test.job")
                }
            }
        }
    }

    @Test("a worker that is to be silent is: no event, no subscription")
    func silent() async throws {
        try await QueueFixture.with { fixture in
            var configuration = fixture.remote()
            configuration.remoteControl.isEnabled = false
            try await fixture.withEvents { events in
                try await fixture.withWorker(jobs, configuration: configuration) {
                    let id = try await fixture.producer.enqueue(TestJob.self, .init(value: "x")).taskID
                    try await eventually("it ran") { try await fixture.result(id) != nil }
                    let names = RemoteNames(fixture.redis)
                    #expect(try await fixture.command("PUBSUB", "NUMSUB", names.requests)[1]?.integer == 0)
                }
                #expect(events.all.isEmpty)
            }
        }
    }

    @Test("what is encrypted in Redis is not shown: no arguments, no result")
    func encrypted() async throws {
        let payload = try JobPayload(
            encryption: PayloadKeyRing(current: "k1", keys: ["k1": Array(repeating: 7, count: 32)])
        )
        try await QueueFixture.with { fixture in
            try await fixture.withEvents { events in
                let worker = JobWorker(
                    configuration: fixture.remote(sendsTaskEvents: true),
                    registry: jobs,
                    redis: fixture.redis,
                    logger: QueueFixture.logger,
                    payload: payload
                )
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await worker.run() }
                    let producer = JobProducer(redis: fixture.redis, payload: payload)
                    let id = try await producer.enqueue(TestJob.self, .init(value: "secret words")).taskID
                    try await eventually("it is told of") { events.types(of: id).count == 3 }
                    group.cancelAll()
                    try await group.waitForAll()
                }
                #expect(events.event("task-succeeded")?["result"]?.string == "'…'")
                #expect(!events.all.contains { $0.text.contains("secret") })
            }
        }
    }

    @Test("while Redis takes nothing, tasks' events are bounded, and the worker's clock goes on")
    func slowRedis() async throws {
        let redis = try RedisClient(
            configuration: RedisConfiguration(url: "redis://127.0.0.1:1/0"),
            logger: QueueFixture.logger
        )
        defer { redis.close() }
        let publisher = EventPublisher(
            node: NodeName("n@h"),
            clock: LamportClock(),
            redis: redis,
            names: RemoteNames(redis),
            logger: QueueFixture.logger
        )
        let events = TaskEvents(publisher, isOn: true)
        for number in 0..<25_000 { events.started(TaskID("\(number)")) }
        // Those that found no room were not given a time.
        #expect(publisher.clock.value == Int64(EventBuffer.maximumEvents))
    }
}
