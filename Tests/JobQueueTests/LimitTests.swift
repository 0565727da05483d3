import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Limits: how much the fleet may do", .timeLimit(.minutes(1)))
struct LimitTests {
    private func name(_ text: String) throws -> LimitName {
        let name: LimitName? = LimitName(text)
        return try #require(name)
    }

    private func add(_ fixture: QueueFixture, _ value: String, _ limits: [String: Int] = [:]) async throws {
        var options = EnqueueOptions(taskID: TaskID(value))
        for (limit, units) in limits { options.limits[try name(limit)] = units }
        try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options)
    }

    private func ids(_ reply: CycleReply) throws -> [String] {
        try reply.messages.map { try TaskMessage(decoding: $0).id.rawValue }
    }

    private func worker(_ fixture: QueueFixture) async throws -> ScriptedWorker {
        let worker = ScriptedWorker(fixture: fixture)
        try await worker.register()
        return worker
    }

    @Test("no more of a task run at once than its limit says, over all workers, and all run in their order")
    func concurrency() async throws {
        try await QueueFixture.with { fixture in
            try await QueueLimits(redis: fixture.redis).set(
                QueueLimit(concurrency: 3),
                for: .task(TestJob.name),
                in: fixture.queue
            )
            let running = NIOLockedValueBox((now: 0, most: 0))
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                running.withLockedValue { running in
                    running.now += 1
                    running.most = max(running.most, running.now)
                }
                record.add(arguments.value)
                for _ in 0..<50 { await Task.yield() }
                running.withLockedValue { $0.now -= 1 }
                return ""
            }
            try await fixture.push(60)
            try await fixture.withWorker(registry) {
                try await fixture.withWorker(registry) {
                    try await eventually("all ran") { record.all.count == 60 }
                    try await eventually("all are settled") { try await fixture.census().isEmpty }
                }
            }
            #expect(running.withLockedValue { $0.most } == 3)
            #expect(try await fixture.command("ZCARD", fixture.keys.holders(of: "task:test.job")).integer == 0)
        }
    }

    @Test("the limit of one tenant leaves the others alone, and a place is passed on in the step that frees it")
    func classes() async throws {
        try await QueueFixture.with { fixture in
            try await QueueLimits(redis: fixture.redis).set(
                QueueLimit(concurrency: 1),
                for: try #require(LimitName.all("tenant")),
                in: fixture.queue
            )
            for value in ["a1", "a2", "a3", "b1"] { try await add(fixture, value, ["tenant:\(value.prefix(1))": 1]) }
            try await add(fixture, "free")
            let worker = try await worker(fixture)
            #expect(try ids(try await worker.cycle(fetching: 9)) == ["a1", "b1", "free"])
            #expect(try await fixture.census() == ["inflight": 3, "limited": 2])
            #expect(try ids(try await worker.cycle([Settlement(tag: 1)], fetching: 9, firstTag: 4)) == ["a2"])
            var dead = Settlement(tag: 4, action: .dead)
            dead.taskID = "a2"
            #expect(try ids(try await worker.cycle([dead], fetching: 9, firstTag: 5)) == ["a3"])
            // Told again, as its reply was lost: no second place is free.
            try await add(fixture, "a4", ["tenant:a": 1])
            #expect(try ids(try await worker.cycle([dead], fetching: 9, firstTag: 6)).isEmpty)
        }
    }

    @Test("a rate lets its burst go at once, then as many as flow in, and says when the next may go")
    func rate() async throws {
        try await QueueFixture.with { fixture in
            try await QueueLimits(redis: fixture.redis).set(
                QueueLimit(rate: .init(100, per: .seconds(100), burst: 3)),
                for: .task(TestJob.name),
                in: fixture.queue
            )
            try await fixture.push(5)
            let worker = try await worker(fixture)
            let first = try await worker.cycle(fetching: 9)
            #expect(first.messages.count == 3)
            let due = try #require(first.nextDue)
            #expect((800...1001).contains(due.milliseconds - first.time.milliseconds))
            try await eventually("one flows in") {
                try await worker.cycle(fetching: 9, firstTag: 4).messages.count == 1
            }
            #expect(try await fixture.census() == ["inflight": 4, "limited": 1])
        }
    }

    @Test("units that a task did not spend are given back, those that it spent besides are taken")
    func units() async throws {
        try await QueueFixture.with { fixture in
            let model = try name("model:x")
            try await QueueLimits(redis: fixture.redis).set(
                QueueLimit(rate: .init(1000, per: .seconds(100_000))),
                for: model,
                in: fixture.queue
            )
            for value in ["1", "2", "3", "4"] { try await add(fixture, value, ["model:x": 600]) }
            let worker = try await worker(fixture)
            #expect(try ids(try await worker.cycle(fetching: 9)) == ["1"])
            var less = Settlement(tag: 1)
            less.limitNews.spent[model] = 100
            #expect(try ids(try await worker.cycle([less], fetching: 9, firstTag: 2)) == ["2"])
            var more = Settlement(tag: 2)
            more.limitNews.spent[model] = 2000
            let reply = try await worker.cycle([more], fetching: 9, firstTag: 3)
            #expect(reply.messages.isEmpty)
            // 1000 - 100 - 2000 are left, and 600 are asked for: 1,700 flow in within 170,000 s.
            let due = try #require(reply.nextDue)
            #expect((160_000...170_001).contains((due.milliseconds - reply.time.milliseconds) / 1000))
        }
    }

    @Test("a task that costs more than may gather runs once all has gathered")
    func dear() async throws {
        try await QueueFixture.with { fixture in
            try await QueueLimits(redis: fixture.redis).set(
                QueueLimit(rate: .init(10, per: .seconds(1000))),
                for: try name("x"),
                in: fixture.queue
            )
            try await add(fixture, "dear", ["x": 500])
            try await add(fixture, "next", ["x": 1])
            #expect(try ids(try await worker(fixture).cycle(fetching: 9)) == ["dear"])
        }
    }

    @Test("a limit that rests hands out nothing meanwhile, and others do")
    func pause() async throws {
        try await QueueFixture.with { fixture in
            let model = try name("model:x")
            let limits = QueueLimits(redis: fixture.redis)
            try await limits.set(QueueLimit(), for: model, in: fixture.queue)
            for value in ["1", "2"] { try await add(fixture, value, ["model:x": 1]) }
            let worker = try await worker(fixture)
            #expect(try ids(try await worker.cycle(fetching: 1)) == ["1"])
            var busy = Settlement(tag: 1)
            busy.limitNews.pauses[model] = .milliseconds(300)
            let reply = try await worker.cycle([busy], fetching: 9, firstTag: 2)
            #expect(reply.messages.isEmpty)
            #expect((200...300).contains(try #require(reply.nextDue).milliseconds - reply.time.milliseconds))
            try await add(fixture, "other", ["model:y": 1])
            #expect(try ids(try await worker.cycle(fetching: 9, firstTag: 3)) == ["other"])
            try await eventually("it goes on") {
                try ids(try await worker.cycle(fetching: 9, firstTag: 4)) == ["2"]
            }
        }
    }

    @Test("a worker that waits is woken for a rate, a pause that ends and a limit that is lifted")
    func woken() async throws {
        try await QueueFixture.with { fixture in
            let limits = QueueLimits(redis: fixture.redis)
            try await limits.set(
                QueueLimit(rate: .init(1, per: .milliseconds(200), burst: 1)),
                for: .task(TestJob.name),
                in: fixture.queue
            )
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            try await fixture.push(4)
            try await fixture.withWorker(registry) {
                let clock = ContinuousClock()
                let begin = clock.now
                try await eventually("all ran") { record.all == ["1", "2", "3", "4"] }
                #expect(clock.now - begin > .milliseconds(550))
                try await limits.set(QueueLimit(concurrency: 0), for: .task(TestJob.name), in: fixture.queue)
                try await fixture.push(2)
                try await eventually("they wait") { try await fixture.census() == ["limited": 2] }
                #expect(try await limits.remove(.task(TestJob.name), in: fixture.queue))
                try await eventually("they run") { record.all.count == 6 }
                try await eventually("all are settled") { try await fixture.census().isEmpty }
            }
            #expect(try await fixture.command("EXISTS", fixture.keys.limited).integer == 0)
        }
    }

    @Test("places are freed by a death, by giving back and by a retry")
    func freed() async throws {
        try await QueueFixture.with { fixture in
            try await QueueLimits(redis: fixture.redis).set(
                QueueLimit(concurrency: 1),
                for: .task(TestJob.name),
                in: fixture.queue
            )
            for value in ["1", "2"] { try await add(fixture, value) }
            let first = try await worker(fixture)
            #expect(try ids(try await first.cycle(fetching: 9)) == ["1"])
            try await first.expire()
            try await fixture.reap()

            let second = try await worker(fixture)
            #expect(try await fixture.census() == ["ready": 1, "limited": 1])
            let taken = try await second.cycle(fetching: 9)
            #expect(try ids(taken) == ["2"])
            var later = Settlement(tag: 1, action: .later)
            later.due = WireTime(milliseconds: taken.time.milliseconds + 60_000)
            later.payload = taken.messages[0]
            #expect(try ids(try await second.cycle([later], fetching: 9, firstTag: 2)) == ["1"])
            let reply = try await fixture.redis.evaluate(
                QueueScripts.giveBack,
                keys: [
                    fixture.keys.workers, fixture.keys.inflight(second.incarnation), fixture.keys.ready,
                    fixture.keys.reaped,
                ],
                arguments: [second.incarnation.rawValue, 30_000, fixture.keys.prefix, 1, 2]
            )
            #expect(reply.integer == 1)
            #expect(try ids(try await second.cycle(fetching: 9, firstTag: 3)) == ["1"])
        }
    }

    @Test("a task keeps the turn of its ordering key while it waits for a limit")
    func orderingKey() async throws {
        try await QueueFixture.with { fixture in
            try await QueueLimits(redis: fixture.redis).set(
                QueueLimit(concurrency: 1),
                for: try name("x"),
                in: fixture.queue
            )
            let key = try #require(OrderingKey(wire: "k"))
            try await add(fixture, "holder", ["x": 1])
            for (value, limits) in [("first", ["x": 1]), ("second", [:])] {
                var options = EnqueueOptions(orderingKey: key, taskID: TaskID(value))
                for (limit, units) in limits { options.limits[try name(limit)] = units }
                try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options)
            }
            let worker = try await worker(fixture)
            #expect(try ids(try await worker.cycle(fetching: 9)) == ["holder"])
            #expect(try await fixture.census() == ["inflight": 1, "limited": 1, "parked": 1])
            #expect(try ids(try await worker.cycle([Settlement(tag: 1)], fetching: 9, firstTag: 2)) == ["first"])
            var first = Settlement(tag: 2)
            first.leavesLane = key
            first.taskID = "first"
            #expect(try ids(try await worker.cycle([first], fetching: 9, firstTag: 3)) == ["second"])
        }
    }

    @Test("a definition that somebody broke bounds nothing and stops nothing")
    func broken() async throws {
        try await QueueFixture.with { fixture in
            for (limit, text) in [
                ("task:test.job", #"{"concurrency":"many","units":-1,"per":"x"}"#), ("a", "no JSON"), ("b", "[1]"),
            ] {
                _ = try await fixture.command("HSET", fixture.keys.limits, limit, text)
            }
            try await add(fixture, "1", ["a": 1, "b": 1])
            _ = try await fixture.command("LPUSH", fixture.keys.ready, #"{"headers":{"task":1,"limits":{"a":"}"}}}"#)
            #expect(try await worker(fixture).cycle(fetching: 9).messages.count == 2)
        }
    }

    @Test("a place whose task somebody deleted is freed at the second look")
    func audit() async throws {
        try await QueueFixture.with { fixture in
            try await QueueLimits(redis: fixture.redis).set(
                QueueLimit(concurrency: 1),
                for: .task(TestJob.name),
                in: fixture.queue
            )
            for value in ["1", "2"] { try await add(fixture, value) }
            let worker = try await worker(fixture)
            #expect(try ids(try await worker.cycle(fetching: 9)) == ["1"])
            _ = try await fixture.command("HDEL", fixture.keys.inflight(worker.incarnation), 1)
            var audit = HolderAudit(queue: fixture.keys, redis: fixture.redis, logger: QueueFixture.logger)
            for expected in [[], ["2"]] {
                try await audit.look()
                let scores = fixture.keys.limited
                _ = try await fixture.command("ZADD", scores, "XX", 0, "task:test.job")
                #expect(try ids(try await worker.cycle(fetching: 9, firstTag: 2)) == expected)
            }
        }
    }
}
