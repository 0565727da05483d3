import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Fair turns", .timeLimit(.minutes(1)))
struct FairTurnsTests {
    private func key(_ text: String) throws -> FairnessKey { try #require(FairnessKey(text)) }

    /// Enqueues tasks of a key, named `a1`, `a2`, … for key `a`.
    private func add(
        _ fixture: QueueFixture,
        _ numbers: ClosedRange<Int>,
        of name: String,
        _ change: (inout EnqueueOptions) -> Void = { _ in }
    ) async throws {
        for number in numbers {
            var options = EnqueueOptions(fairnessKey: FairnessKey(name), taskID: TaskID("\(name)\(number)"))
            change(&options)
            try await fixture.producer.enqueue(TestJob.self, .init(value: ""), options: options)
        }
    }

    /// What a worker is handed, in order.
    private func take(_ count: Int, _ worker: ScriptedWorker, from tag: Int64 = 1) async throws -> [String] {
        try await worker.cycle(fetching: count, firstTag: tag).messages.map {
            try TaskMessage(decoding: $0).id.rawValue
        }
    }

    @Test("who comes late with few is served beside who came first with many, each in its order")
    func interleaved() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await add(fixture, 1...50, of: "a")
            #expect(try await take(4, worker) == ["a1", "a2", "a3", "a4"])
            try await add(fixture, 1...2, of: "b")
            try await add(fixture, 1...3, of: "c")
            let next = try await take(9, worker, from: 10)
            #expect(Set(next.prefix(3)) == ["a5", "b1", "c1"])
            #expect(Set(next[3..<6]) == ["a6", "b2", "c2"])
            #expect(next.suffix(3).sorted() == ["a7", "a8", "c3"])
            #expect(next.filter { $0.hasPrefix("a") } == ["a5", "a6", "a7", "a8"])
        }
    }

    @Test("a key is handed out as many as its weight says", arguments: [3.0, 0.25])
    func weights(weight: Double) async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await FairTurns(redis: fixture.redis).setWeight(weight, for: key("a"), in: fixture.queue)
            try await add(fixture, 1...40, of: "a")
            try await add(fixture, 1...40, of: "b")
            let taken = try await take(20, worker)
            let expected = 20 * weight / (weight + 1)
            #expect(abs(Double(taken.count { $0.hasPrefix("a") }) - expected) <= 1)
        }
    }

    @Test("a key whose list runs empty after each task gains nothing by it")
    func runsEmpty() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await FairTurns(redis: fixture.redis).setWeight(10, for: key("a"), in: fixture.queue)
            try await add(fixture, 1...60, of: "a")
            var taken: [String] = []
            for number in 1...30 {
                if taken.last?.hasPrefix("a") != true { try await add(fixture, number...number, of: "b") }
                taken += try await take(1, worker, from: Int64(number))
            }
            #expect((2...4).contains(taken.count { $0.hasPrefix("b") }), "\(taken)")
        }
    }

    @Test("tasks without a key, and those that others push, take part")
    func pushed() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await add(fixture, 1...9, of: "a")
            for number in 1...3 {
                try await fixture.producer.enqueue(
                    TestJob.self,
                    .init(value: ""),
                    options: EnqueueOptions(taskID: TaskID("plain\(number)"))
                )
            }
            // As Celery writes it: `apply_async(headers={"fairness_key": "b"})`.
            for number in 1...3 {
                let message = """
                    {"body": "[[], {}, null]", "content-encoding": "utf-8", "content-type": "application/json", \
                    "headers": {"task": "test.job", "id": "b\(number)", "fairness_key": "b"}, "properties": {}}
                    """
                _ = try await fixture.command("LPUSH", fixture.keys.ready, message)
            }
            let taken = try await take(12, worker)
            #expect(taken.prefix(9).count { $0.hasPrefix("a") } <= 5, "\(taken)")
            #expect(taken.filter { $0.hasPrefix("plain") } == ["plain1", "plain2", "plain3"])
            #expect(taken.filter { $0.hasPrefix("b") } == ["b1", "b2", "b3"])
            #expect(try await fixture.command("LLEN", fixture.keys.ready).integer == 0)
        }
    }

    @Test("what is given back is the next of its key again, and a retry goes before what waits")
    func back() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await add(fixture, 1...4, of: "a")
            #expect(try await take(2, worker) == ["a1", "a2"])
            _ = try await fixture.redis.evaluate(
                QueueScripts.giveBack,
                keys: [
                    fixture.keys.workers, fixture.keys.inflight(worker.incarnation), fixture.keys.ready,
                    fixture.keys.reaped,
                ],
                arguments: [worker.incarnation.rawValue, worker.lease.milliseconds, fixture.keys.prefix, 1, 1, 2]
            )
            #expect(try await fixture.command("LLEN", fixture.keys.turn("a")).integer == 4)
            #expect(try await take(3, worker, from: 3) == ["a1", "a2", "a3"])

            try await add(fixture, 9...9, of: "a") { $0.delay = .milliseconds(1) }
            try await eventually("it is due") {
                try await fixture.command("ZCOUNT", fixture.keys.scheduled, 0, WireTime.now.milliseconds).integer == 1
            }
            #expect(try await take(2, worker, from: 6) == ["a9", "a4"])
        }
    }

    @Test("a task that is parked costs its key no turn, and goes to its key's front once it may run")
    func parked() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            let lane = OrderingKey("lane")
            try await add(fixture, 1...3, of: "a") { $0.orderingKey = lane }
            try await add(fixture, 4...5, of: "a")
            try await add(fixture, 1...3, of: "b")
            let taken = try await take(4, worker)
            #expect(Set(taken) == ["a1", "b1", "a4", "b2"])
            var settlement = Settlement(tag: Int64(1 + (taken.firstIndex(of: "a1") ?? 0)))
            settlement.leavesLane = lane
            settlement.taskID = "a1"
            let next = try await worker.cycle([settlement], fetching: 3, firstTag: 10).messages
            #expect(try Set(next.map { try TaskMessage(decoding: $0).id }) == ["a2", "b3", "a5"])
        }
    }

    @Test("the queue's bound is each key's own: who fills its list shuts out nobody else")
    func bound() async throws {
        try await QueueFixture.with { fixture in
            let limits = QueueLimits(redis: fixture.redis)
            try await limits.setBound(QueueBound(length: 2), of: fixture.queue)
            try await add(fixture, 1...2, of: "a")
            await #expect { try await add(fixture, 3...3, of: "a") } throws: { error in
                (error as? JobQueueError)?.code == .queueFull
            }
            try await add(fixture, 1...2, of: "b")

            try await limits.setBound(QueueBound(length: 2, policy: .dropOldest), of: fixture.queue)
            try await add(fixture, 4...4, of: "a")
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            #expect(try await take(9, worker).sorted() == ["a2", "a4", "b1", "b2"])
        }
    }

    @Test("idle workers are woken for such a task, and nothing of the turns is left")
    func woken() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.withWorker(TestJob.registry { _, _ in "" }) {
                let rings = try await fixture.redis.subscribe(channels: [fixture.keys.wake])
                try await add(fixture, 1...1, of: "a")
                var ring = rings.makeAsyncIterator()
                #expect(await ring.next()?.channel == fixture.keys.wake)
                try await eventually("success") { try await fixture.result("a1")?["status"] == "SUCCESS" }
                try await eventually("no trace") {
                    try await fixture.command("KEYS", "{work}:turn*").array?.isEmpty == true
                }
            }
        }
    }

    @Test("operators see such tasks: counted, found, listed by key, purged")
    func seen() async throws {
        try await QueueFixture.with { fixture in
            try await FairTurns(redis: fixture.redis).setWeight(2, for: key("c"), in: fixture.queue)
            try await add(fixture, 1...3, of: "a")
            try await add(fixture, 1...1, of: "b")
            let inspector = QueueInspector(redis: fixture.redis)
            let depths = try await inspector.depths(of: [fixture.queue])
            #expect(depths[0].survey.ready == 4)
            #expect(depths[0].survey.unaccounted == 0)
            #expect(depths[0].survey.oldestWait != nil)
            #expect(
                try await inspector.turns(of: fixture.queue) == [
                    FairTurn(key: "a", weight: 1, waiting: 3), FairTurn(key: "b", weight: 1, waiting: 1),
                    FairTurn(key: "c", weight: 2, waiting: 0),
                ]
            )
            guard case .ready(_, position: 2, _)? = try await inspector.find("a2", in: [fixture.queue]).place else {
                Issue.record("a2 is not the second of its key")
                return
            }
            let census = TaskCensus(queue: fixture.keys, redis: fixture.redis)
            #expect(try await census.ids() == ["a1", "a2", "a3", "b1"])
            #expect(try await QueueControl(redis: fixture.redis).purge(.ready, of: fixture.queue) == 4)
            #expect(try await inspector.depths(of: [fixture.queue])[0].survey.unaccounted == 0)
            #expect(try await FairTurns(redis: fixture.redis).removeWeight(for: key("c"), in: fixture.queue))
            #expect(try await inspector.turns(of: fixture.queue).isEmpty)
        }
    }

    @Test("weights out of range, and a priority beside a key, are refused")
    func refused() async throws {
        try await QueueFixture.with { fixture in
            for weight in [0, -1, 1001, Double.nan] {
                await #expect {
                    try await FairTurns(redis: fixture.redis).setWeight(weight, for: nil, in: "work")
                } throws: {
                    ($0 as? JobQueueError)?.code == .invalidOptions
                }
            }
            await #expect { try await add(fixture, 1...1, of: "a") { $0.priority = 5 } } throws: {
                ($0 as? JobQueueError)?.code == .invalidOptions
            }
        }
    }
}
