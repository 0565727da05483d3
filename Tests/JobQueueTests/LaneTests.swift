import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Ordering keys: one at a time, in order", .timeLimit(.minutes(1)))
struct LaneTests {
    private func key(_ text: String) throws -> OrderingKey {
        let key: OrderingKey? = OrderingKey(text)
        return try #require(key)
    }

    private func options(_ lane: String, _ policy: LanePolicy = .queue, id: String? = nil) throws -> EnqueueOptions {
        EnqueueOptions(
            orderingKey: try key(lane),
            whileBusy: policy,
            taskID: id.map { TaskID($0) }
        )
    }

    private func add(
        _ fixture: QueueFixture,
        _ value: String,
        lane: String,
        _ policy: LanePolicy = .queue
    ) async throws {
        let options = try options(lane, policy, id: value)
        try await fixture.producer.enqueue(TestJob.self, .init(value: value), options: options)
    }

    private func values(_ reply: CycleReply) throws -> [String] {
        try reply.messages.map { try TaskMessage(decoding: $0).id.rawValue }
    }

    /// The settlement of a task that a scripted worker holds.
    private func done(_ tag: Int64, _ id: String, lane: String, _ action: Settlement.Action = .done) throws
        -> Settlement
    {
        var settlement = Settlement(tag: tag, action: action)
        settlement.leavesLane = try key(lane)
        settlement.taskID = TaskID(id)
        return settlement
    }

    @Test("tasks of one key run one after the other in their order, tasks of others meanwhile")
    func order() async throws {
        try await QueueFixture.with { fixture in
            let running = NIOLockedValueBox<[String: Int]>([:])
            let overlaps = NIOLockedValueBox<Set<String>>([])
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                let lane = String(arguments.value.prefix(1))
                let (own, all) = running.withLockedValue { running in
                    running[lane, default: 0] += 1
                    return (running[lane, default: 0], running.values.reduce(0, +))
                }
                if own > 1 { overlaps.withLockedValue { _ = $0.insert(lane) } }
                if all > 1 { overlaps.withLockedValue { _ = $0.insert("different") } }
                for _ in 0..<20 { await Task.yield() }
                record.add(arguments.value)
                running.withLockedValue { $0[lane, default: 0] -= 1 }
                return ""
            }
            for number in 10..<30 {
                for lane in ["a", "b", "c"] { try await add(fixture, "\(lane)\(number)", lane: lane) }
            }
            #expect(try await fixture.census() == ["ready": 60])
            try await fixture.withWorker(registry) {
                try await eventually("all ran") { record.all.count == 60 }
                try await eventually("all are settled") { try await fixture.census().isEmpty }
            }
            for lane in ["a", "b", "c"] {
                #expect(record.all.filter { $0.hasPrefix(lane) } == (10..<30).map { "\(lane)\($0)" })
            }
            #expect(overlaps.withLockedValue { $0 } == ["different"])
            #expect(try await fixture.command("KEYS", "{work}:lane*").array?.isEmpty == true)
        }
    }

    @Test("the next of a key comes with the very step that completes the one before, at the front")
    func sameStep() async throws {
        try await QueueFixture.with { fixture in
            for value in ["1", "2", "3"] { try await add(fixture, value, lane: "k") }
            try await add(fixture, "other", lane: "l")
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            #expect(try values(try await worker.cycle(fetching: 1)) == ["1"])
            let next = try await worker.cycle([try done(1, "1", lane: "k")], fetching: 1, firstTag: 2)
            #expect(try values(next) == ["2"])
            // Told again, since its reply was lost: nothing more is let go.
            let again = try await worker.cycle([try done(1, "1", lane: "k")], fetching: 9, firstTag: 3)
            #expect(try values(again) == ["other"])
            #expect(try await fixture.census() == ["inflight": 2, "parked": 1])
        }
    }

    @Test("a task keeps its turn through the death of its worker and through retries")
    func turn() async throws {
        try await QueueFixture.with { fixture in
            for value in ["1", "2"] { try await add(fixture, value, lane: "k") }
            let first = ScriptedWorker(fixture: fixture)
            try await first.register()
            #expect(try values(try await first.cycle(fetching: 9)) == ["1"])
            try await first.expire()
            try await fixture.reap()

            let second = ScriptedWorker(fixture: fixture)
            try await second.register()
            let taken = try await second.cycle(fetching: 9)
            #expect(try values(taken) == ["1"])
            var later = Settlement(tag: 1, action: .later)
            later.due = WireTime(milliseconds: taken.time.milliseconds - 1)
            later.payload = taken.messages[0]
            // Due at once: it is fetched again by the same step, and is still the only one.
            #expect(try values(try await second.cycle([later], fetching: 9, firstTag: 2)) == ["1"])
            #expect(try await fixture.census() == ["inflight": 1, "parked": 1])
        }
    }

    @Test("a task that fails for good makes way, whether its job failed or its workers died")
    func failures() async throws {
        try await QueueFixture.with { fixture in
            for value in ["1", "2", "3"] { try await add(fixture, value, lane: "k") }
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle(fetching: 9)
            let next = try await worker.cycle([try done(1, "1", lane: "k", .dead)], fetching: 9, firstTag: 2)
            #expect(try values(next) == ["2"])
            try await worker.expire()
            try await fixture.reap()
            let record = Record()
            try await fixture.bury(afterDeaths: 1, until: 2) { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            #expect(record.all == ["3"])
        }
    }

    @Test("a task that is purged while it holds its key lets the next one go")
    func purged() async throws {
        try await QueueFixture.with { fixture in
            for value in ["1", "2"] { try await add(fixture, value, lane: "k") }
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            #expect(try values(try await worker.cycle(fetching: 9)) == ["1"])
            try await worker.expire()
            try await fixture.reap()
            #expect(try await fixture.census() == ["ready": 1, "parked": 1])
            let control = QueueControl(redis: fixture.redis)
            #expect(try await control.purge(.ready, of: fixture.queue) == 1)
            let other = ScriptedWorker(fixture: fixture)
            try await other.register()
            #expect(try values(try await other.cycle(fetching: 9)) == ["2"])
        }
    }

    @Test("a scheduled task takes its turn when it is due")
    func scheduled() async throws {
        try await QueueFixture.with { fixture in
            var delayed = try options("k", id: "delayed")
            delayed.delay = .milliseconds(1)
            try await fixture.producer.enqueue(TestJob.self, .init(value: ""), options: delayed)
            for value in ["1", "2"] { try await add(fixture, value, lane: "k") }
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await eventually("the delayed one is due") {
                _ = try await worker.cycle()
                return try await fixture.census() == ["ready": 3]
            }
            #expect(try values(try await worker.cycle(fetching: 9)) == ["delayed"])
            #expect(try await fixture.census() == ["inflight": 1, "parked": 2])
            let next = try await worker.cycle([try done(1, "delayed", lane: "k")], fetching: 9, firstTag: 2)
            #expect(try values(next) == ["1"])
        }
    }

    @Test("one that came by plain LPUSH before its time does not keep the others of its key waiting until then")
    func early() async throws {
        try await QueueFixture.with { fixture in
            var task = NewTask(
                id: "early",
                name: TestJob.name,
                queue: fixture.queue,
                keywordArguments: Array(#"{"value":"early"}"#.utf8)
            )
            task.eta = WireTime.now.advanced(by: .seconds(600))
            task.orderingKey = try key("k")
            _ = try await fixture.command("LPUSH", fixture.keys.ready, task.encoded(origin: "gen1@h"))
            try await add(fixture, "2", lane: "k")
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry) {
                try await eventually("the other one runs") { record.all == ["2"] }
                try await eventually("it waits for its time") { try await fixture.census() == ["scheduled": 1] }
            }
            #expect(try await fixture.command("EXISTS", fixture.keys.lane(try key("k"))).integer == 0)
        }
    }

    @Test("while a key is busy a task waits, replaces what waits, or is dropped, as its policy says")
    func policies() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await add(fixture, "1", lane: "k", .drop)
            #expect(try values(try await worker.cycle(fetching: 9)) == ["1"])
            try await add(fixture, "2", lane: "k", .drop)
            _ = try await worker.cycle(fetching: 9, firstTag: 2)
            #expect(try await fixture.census() == ["inflight": 1])
            for value in ["3", "4", "5"] { try await add(fixture, value, lane: "k", .latest) }
            try await add(fixture, "6", lane: "k")
            _ = try await worker.cycle(fetching: 9, firstTag: 2)
            #expect(try await fixture.census() == ["inflight": 1, "parked": 2])
            var order = ["1"]
            while let last = order.last {
                let settlement = try done(Int64(order.count), last, lane: "k")
                let tag = Int64(order.count + 1)
                guard let next = try values(try await worker.cycle([settlement], fetching: 9, firstTag: tag)).first
                else {
                    break
                }
                order.append(next)
            }
            #expect(order == ["1", "5", "6"])
            #expect(try await fixture.census().isEmpty)
        }
    }

    @Test("a long row of one key's tasks in front does not keep others from being handed out")
    func crowd() async throws {
        try await QueueFixture.with { fixture in
            let crowd = (0..<300).map { TestJob.Arguments(value: "\($0)") }
            try await fixture.producer.enqueue(TestJob.self, batch: crowd, options: try options("chatty"))
            try await add(fixture, "other", lane: "quiet")
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            var taken: [String] = []
            for round in 0..<3 where !taken.contains("other") {
                taken += try values(try await worker.cycle(fetching: 64, firstTag: Int64(1 + 64 * round)))
            }
            #expect(taken.count == 2)
            #expect(taken.last == "other")
            #expect(try await fixture.census() == ["inflight": 2, "parked": 299])
        }
    }

    @Test("a key whose task somebody deleted is let go at the second look, one whose task only moves is not")
    func audit() async throws {
        try await QueueFixture.with { fixture in
            for value in ["1", "2"] { try await add(fixture, value, lane: "lost") }
            for value in ["3", "4"] { try await add(fixture, value, lane: "held") }
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            #expect(try values(try await worker.cycle(fetching: 9)) == ["1", "3"])
            _ = try await fixture.command("HDEL", fixture.keys.inflight(worker.incarnation), 1)

            var audit = HolderAudit(queue: fixture.keys, redis: fixture.redis, logger: QueueFixture.logger)
            try await audit.look()
            #expect(try await fixture.census() == ["inflight": 1, "parked": 2])
            try await audit.look()
            #expect(try await fixture.census() == ["inflight": 1, "ready": 1, "parked": 1])
            #expect(try values(try await worker.cycle(fetching: 9, firstTag: 9)) == ["2"])
            for _ in 0..<3 { try await audit.look() }
            #expect(try await fixture.census() == ["inflight": 2, "parked": 1])
        }
    }

    @Test(
        "any text makes a key that is safe in JSON and in Redis, different for different texts",
        arguments: [
            ("oc_1", "oc_1"), ("群聊", "群聊"), (#"a"b\c"#, "a%22b%5Cc"), ("a b\n", "a%20b%0A"), ("100%", "100%25"),
            ("{a}", "%7Ba%7D"),
        ]
    )
    func keys(text: String, expected: String) throws {
        let key = try key(text)
        #expect(key.rawValue == expected)
        #expect(OrderingKey(wire: key.rawValue) == key)
    }

    @Test("no key is empty or longer than 256 bytes, whoever wrote it")
    func badKeys() {
        #expect(OrderingKey("") == nil)
        #expect(OrderingKey(String(repeating: "x", count: 257)) == nil)
        #expect(OrderingKey(String(repeating: "\n", count: 100)) == nil)
        #expect(OrderingKey(wire: #"a""#) == nil)
        #expect(OrderingKey(wire: #"a\b"#) == nil)
    }
}
