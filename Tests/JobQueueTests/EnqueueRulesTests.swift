import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Rules of enqueueing: unique, debounced, by priority, bounded", .timeLimit(.minutes(1)))
struct EnqueueRulesTests {
    @discardableResult
    private func add(
        _ fixture: QueueFixture,
        _ value: String,
        _ options: EnqueueOptions = EnqueueOptions()
    ) async throws -> EnqueueReceipt {
        var options = options
        options.taskID = options.taskID ?? TaskID(value)
        return try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options)
    }

    private func ids(_ reply: CycleReply) throws -> [String] {
        try reply.messages.map { try TaskMessage(decoding: $0).id.rawValue }
    }

    private func isRefused(_ code: JobQueueError.Code, _ body: () async throws -> Void) async -> Bool {
        do {
            try await body()
            return false
        } catch {
            return (error as? JobQueueError)?.code == code
        }
    }

    // MARK: Unique

    @Test("while a task with a unique key has not ended no other is added, and its producer learns which has it")
    func uniqueUntilEnd() async throws {
        try await QueueFixture.with { fixture in
            let options = EnqueueOptions(uniqueness: Uniqueness(key: "report {7}", until: .ended))
            #expect(try await add(fixture, "1", options).isDuplicate == false)
            let second = try await add(fixture, "2", options)
            #expect(second.isDuplicate)
            #expect(second.existing == "1")
            let attempts = Record()
            let registry = TestJob.registry { arguments, context in
                attempts.add("\(arguments.value) \(context.attempt)")
                // While it runs, and while it waits for its retry, the key is taken.
                #expect(try await add(fixture, "3", options).existing == "1")
                if context.attempt == 1 { throw TaskFailure(type: "Once", message: "") }
                return ""
            }
            try await fixture.withWorker(registry) {
                try await eventually("it ended") { try await fixture.census().isEmpty }
            }
            #expect(attempts.all == ["1 1", "1 2"])
            #expect(try await add(fixture, "4", options).isDuplicate == false)
        }
    }

    @Test("a key that is unique until the start is free once the task runs")
    func uniqueUntilStart() async throws {
        try await QueueFixture.with { fixture in
            let options = EnqueueOptions(uniqueness: Uniqueness(key: "k", until: .started))
            try await add(fixture, "1", options)
            #expect(try await add(fixture, "2", options).isDuplicate)
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                if arguments.value == "1" {
                    let third = try await add(fixture, "3", options)
                    #expect(!third.isDuplicate)
                }
                record.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry) {
                try await eventually("both ran") { record.all.sorted() == ["1", "3"] }
                try await eventually("both are settled") { try await fixture.census().isEmpty }
            }
            #expect(try await fixture.command("EXISTS", fixture.keys.unique("k")).integer == 0)
        }
    }

    @Test("a key that is unique for a window outlives its task, and ends by its age")
    func uniqueForWindow() async throws {
        try await QueueFixture.with { fixture in
            let window = Uniqueness(key: "k", until: .window, lifetime: .seconds(60))
            let options = EnqueueOptions(uniqueness: window)
            try await add(fixture, "1", options)
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            #expect(try ids(try await worker.cycle(fetching: 9)) == ["1"])
            _ = try await worker.cycle([Settlement(tag: 1)])
            #expect(try await add(fixture, "2", options).isDuplicate)
            let left = try await fixture.command("PTTL", fixture.keys.unique("k")).integer ?? 0
            #expect((1...60_000).contains(left))
            _ = try await fixture.command("PEXPIRE", fixture.keys.unique("k"), 1)
            try await eventually("the window is over") { try await !add(fixture, "3", options).isDuplicate }
        }
    }

    @Test("a task that dies, or is purged, gives its unique key up")
    func uniqueAndDead() async throws {
        try await QueueFixture.with { fixture in
            let options = EnqueueOptions(uniqueness: Uniqueness(key: "k", until: .ended))
            try await add(fixture, "1", options)
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle(fetching: 9)
            try await worker.expire()
            try await fixture.reap()
            try await fixture.bury(afterDeaths: 1)
            #expect(try await add(fixture, "2", options).isDuplicate == false)
            _ = try await QueueControl(redis: fixture.redis).purge(.ready, of: fixture.queue)
            #expect(try await add(fixture, "3", options).isDuplicate == false)
        }
    }

    // MARK: Debounced

    @Test("of a burst the last one runs, once it is quiet, and at the longest wait although it is not")
    func debounce() async throws {
        try await QueueFixture.with { fixture in
            let calm = Debounce(key: "calm", wait: .milliseconds(300), longestWait: .seconds(60))
            for value in ["1", "2", "3"] { try await add(fixture, value, EnqueueOptions(debounce: calm)) }
            #expect(try await fixture.census() == ["scheduled": 1])
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry) {
                try await eventually("the last ran") { record.all == ["3"] }
                // It has run, so the next begins a burst of its own.
                let restless = Debounce(key: "calm", wait: .seconds(60), longestWait: .milliseconds(500))
                for value in ["4", "5"] { try await add(fixture, value, EnqueueOptions(debounce: restless)) }
                try await eventually("the longest wait is over") { record.all == ["3", "5"] }
                try await eventually("all are settled") { try await fixture.census().isEmpty }
            }
        }
    }

    // MARK: By priority

    @Test("the urgent go first, in kombu's four steps, and in their order within a step")
    func priorities() async throws {
        try await QueueFixture.with { fixture in
            for priority in [9, 5, 0, 8, 3, 2, 6] {
                try await add(fixture, "p\(priority)", EnqueueOptions(priority: priority))
            }
            #expect(try await fixture.census() == ["ready": 2, "by priority": 5])
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            let first = try await worker.cycle(fetching: 3)
            #expect(try ids(first) == ["p0", "p2", "p5"])
            let rest = try await worker.cycle(fetching: 9, firstTag: 4)
            #expect(try ids(rest) == ["p3", "p8", "p6", "p9"])
            // A retry, and what a dead worker held, go back where they came from.
            var later = Settlement(tag: 3, action: .later)
            later.due = first.time
            later.payload = first.messages[2]
            _ = try await worker.cycle([later])
            try await worker.expire()
            try await fixture.reap()
            #expect(try await fixture.census() == ["ready": 2, "by priority": 5])
        }
    }

    @Test("a worker that waits is woken for a task in another list")
    func wokenByPriority() async throws {
        try await QueueFixture.with { direct in
            let proxy = try await FaultProxy.start(to: direct.server.port, scripts: [:])
            // Its blocking look at the list is never answered, and ends after 1.8 s at the earliest.
            proxy.follow { $0.name == "BLMOVE" && $0.side == .request ? .silence : nil }
            let redis = try RedisClient(
                configuration: RedisConfiguration(url: proxy.url),
                logger: QueueFixture.logger
            )
            defer { redis.close() }
            let fixture = QueueFixture(server: direct.server, redis: redis)
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry) {
                try await eventually("it listens") {
                    try await direct.command("PUBSUB", "NUMSUB", fixture.keys.wake)[1]?.integer == 1
                }
                let looks = proxy.seen(.request)["BLMOVE"] ?? 0
                try await eventually("it begins to wait") { proxy.seen(.request)["BLMOVE"] ?? 0 > looks }
                let begin = ContinuousClock.now
                try await add(direct, "urgent", EnqueueOptions(priority: 9))
                try await eventually("it ran") { record.all == ["urgent"] }
                #expect(ContinuousClock.now - begin < .milliseconds(1_700))
            }
            await proxy.stop()
        }
    }

    // MARK: Bounded

    @Test("a full queue refuses and stores nothing, and takes tasks again once there is room")
    func refuses() async throws {
        try await QueueFixture.with { fixture in
            let limits = QueueLimits(redis: fixture.redis)
            try await limits.setBound(QueueBound(length: 2), of: fixture.queue)
            #expect(try await limits.bound(of: fixture.queue) == QueueBound(length: 2, policy: .refuse))
            for value in ["1", "2"] { try await add(fixture, value) }
            let options = EnqueueOptions(deduplicationKey: "d", uniqueness: Uniqueness(key: "u", until: .ended))
            let refused = await isRefused(.queueFull) { try await add(fixture, "3", options) }
            #expect(refused)
            #expect(try await fixture.census() == ["ready": 2])
            // Neither key was taken.
            try await limits.setBound(nil, of: fixture.queue)
            #expect(try await add(fixture, "3", options).isDuplicate == false)
        }
    }

    @Test("a full queue that drops lets the oldest go, and what that one held")
    func drops() async throws {
        try await QueueFixture.with { fixture in
            try await QueueLimits(redis: fixture.redis).setBound(
                QueueBound(length: 2, policy: .dropOldest),
                of: fixture.queue
            )
            let unique = EnqueueOptions(uniqueness: Uniqueness(key: "u", until: .ended))
            try await add(fixture, "1", unique)
            for value in ["2", "3"] { try await add(fixture, value) }
            #expect(try await fixture.census() == ["ready": 2])
            #expect(try await add(fixture, "4", unique).isDuplicate == false)
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            #expect(try ids(try await worker.cycle(fetching: 9)) == ["3", "4"])
        }
    }

    // MARK: Hostile

    @Test("options that cannot be used are refused before anything is stored")
    func badOptions() async throws {
        try await QueueFixture.with { fixture in
            let long = String(repeating: "x", count: 257)
            let bad = [
                EnqueueOptions(priority: 10), EnqueueOptions(priority: -1),
                EnqueueOptions(uniqueness: Uniqueness(key: "", until: .ended)),
                EnqueueOptions(debounce: Debounce(key: long, wait: .zero, longestWait: .zero)),
                EnqueueOptions(
                    delay: .seconds(1),
                    debounce: Debounce(key: "k", wait: .zero, longestWait: .zero)
                ),
            ]
            for options in bad {
                let refused = await isRefused(.invalidOptions) { try await add(fixture, "1", options) }
                #expect(refused)
            }
            let size = try await fixture.command("DBSIZE").integer
            #expect(size == 0)
        }
    }

    @Test(
        "a time limit that a message cannot carry is refused",
        arguments: [
            TaskTimeLimit(hard: .zero), TaskTimeLimit(soft: .microseconds(400)), TaskTimeLimit(soft: .seconds(1e9)),
        ]
    )
    func timeLimit(limit: TaskTimeLimit) async throws {
        try await QueueFixture.with { fixture async throws in
            await #expect {
                try await fixture.producer.enqueue(
                    TestJob.self,
                    .init(value: ""),
                    options: EnqueueOptions(timeLimit: limit)
                )
            } throws: { ($0 as? JobQueueError)?.code == .invalidOptions }
            #expect(try await fixture.census() == [:])
        }
    }
}
