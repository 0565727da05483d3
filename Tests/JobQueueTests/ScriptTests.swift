import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Atomic steps")
struct ScriptTests {
    /// Runs `body` with a registered worker and `count` tasks in its hands, tags 1 to `count`.
    private func withWorker(
        holding count: Int,
        _ body: (QueueFixture, ScriptedWorker) async throws -> Void
    ) async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(count)
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            #expect(try await worker.cycle(fetching: count).messages.count == count)
            try await body(fixture, worker)
        }
    }

    @Test("an acknowledgement that is sent again because its reply was lost changes nothing")
    func acknowledgedTwice() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(1)
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            let raw = try #require(try await worker.cycle(fetching: 1).messages.first)
            var settlement = Settlement(tag: 1, action: .later)
            settlement.due = WireTime.now.advanced(by: .seconds(60))
            settlement.payload = raw
            for _ in 0..<3 { _ = try await worker.cycle([settlement]) }
            #expect(try await fixture.census() == ["scheduled": 1])
        }
    }

    @Test("what is fetched is in flight, byte for byte, before the reply leaves")
    func fetched() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(3)
            let before = try await fixture.command("LRANGE", fixture.keys.ready, 0, -1).array ?? []
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            let messages = try await worker.cycle(fetching: 2, firstTag: 40).messages
            #expect(messages == before.reversed().prefix(2).compactMap(\.bytes))
            let held = try await fixture.command("HGET", fixture.keys.inflight(worker.incarnation), 41)
            #expect(held.bytes == messages[1])
            #expect(try await fixture.census() == ["ready": 1, "inflight": 2])
        }
    }

    @Test("a worker whose lease was taken away is refused everywhere, and cannot come back")
    func fenced() async throws {
        try await withWorker(holding: 2) { fixture, worker in
            try await worker.expire()
            #expect(await worker.isFenced { _ = try await worker.cycle([Settlement(tag: 1)]) })
            #expect(await worker.isFenced { try await worker.beat() })
            try await fixture.reap()
            #expect(try await fixture.census() == ["ready": 2])
            #expect(await worker.isFenced { try await worker.beat() })
            #expect(await worker.isFenced { _ = try await worker.cycle(fetching: 2, firstTag: 3) })
            #expect(try await fixture.command("ZCARD", fixture.keys.workers).integer == 0)
        }
    }

    @Test("a zombie's late result is not stored")
    func lateResult() async throws {
        try await withWorker(holding: 1) { fixture, worker in
            try await worker.expire()
            try await fixture.reap()
            var settlement = Settlement(tag: 1)
            settlement.result = .init(id: "late", text: Array("{}".utf8))
            #expect(await worker.isFenced { _ = try await worker.cycle([settlement]) })
            #expect(try await fixture.result("late") == nil)
        }
    }

    @Test("a dead worker's tasks come back to the front in their old order, in as many batches as it takes")
    func reclaimed() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(100)
            let order = try await fixture.readyIDs()
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle(fetching: 60)
            _ = try await worker.cycle(fetching: 30, firstTag: 61)
            try await worker.expire()
            try await fixture.reap { $0.batchSize = 7 }
            #expect(try await fixture.readyIDs() == order)
            #expect(try await fixture.command("HLEN", fixture.keys.deliveries).integer == 90)
        }
    }

    @Test("the lease entry stays until nothing is in flight, so a reaper that dies half-way loses nothing")
    func halfReaped() async throws {
        try await withWorker(holding: 10) { fixture, worker in
            try await worker.expire()
            _ = try await fixture.redis.evaluate(
                QueueScripts.look,
                keys: [fixture.keys.workers, fixture.keys.reaped],
                arguments: [30_000, 16]
            )
            let keys = fixture.keys
            let first = try await fixture.redis.evaluate(
                QueueScripts.reclaim,
                keys: [keys.workers, keys.inflight(worker.incarnation), keys.ready, keys.deliveries],
                arguments: [worker.incarnation.rawValue, 4, keys.prefix, 1]
            )
            #expect(first == .array([.integer(6), .integer(4)]))
            #expect(try await fixture.census() == ["ready": 4, "inflight": 6])
            #expect(await worker.isFenced { _ = try await worker.cycle([Settlement(tag: 1)]) })
            try await fixture.reap()  // another reaper, later
            #expect(try await fixture.census() == ["ready": 10])
        }
    }

    @Test("a task that its workers keep dying of goes to the dead list")
    func poison() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(1)
            for death in 1...3 {
                let worker = ScriptedWorker(fixture: fixture)
                try await worker.register()
                #expect(try await worker.cycle(fetching: 1).hasMarks == (death > 1))
                try await worker.expire()
                try await fixture.reap()
            }
            try await fixture.bury(afterDeaths: 3)
            let letter = try JSONValue(
                parsing: try #require(try await fixture.command("LINDEX", fixture.keys.dead, 0).bytes)
            )
            #expect(letter["error"]?["exc_type"] == "WorkerLostError")
            #expect(letter["deliveries"] == 4)
            #expect(letter["message"]?["headers"]?["task"] == "test.job")
            #expect(try await fixture.command("EXISTS", fixture.keys.deliveries).integer == 0)
        }
    }

    /// Whose readers wait for its output.
    private struct Streams: Job {
        static let name: TaskName = "test.streams"
        static let queue: QueueName = "work"
        static let streamsOutput = true
        func run(_ arguments: TestJob.Arguments, in context: JobContext) async throws -> String { "" }
    }

    @Test("whoever waits for a task that its workers died of is told, and what it kept goes")
    func poisonIsTold() async throws {
        try await QueueFixture.with { fixture in
            let id = try await fixture.producer.enqueue(Streams.self, .init(value: "")).taskID
            let keys = fixture.keys
            _ = try await fixture.command("HSET", keys.journal(of: id), "step", "1")
            _ = try await fixture.command("SET", keys.output(of: id), "written")
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle(fetching: 1)
            try await worker.expire()
            let readers = try await fixture.redis.subscribe(channels: [keys.outputChannel(of: id)])
            try await fixture.reap()
            var registry = JobRegistry()
            registry.register(Streams())
            var configuration = fixture.configuration
            configuration.maximumDeliveries = 1
            try await fixture.withWorker(registry, configuration: configuration) {
                try await eventually("the end") { try await fixture.census() == ["dead": 1] }
                try await eventually("its steps are gone") {
                    try await fixture.command("EXISTS", keys.journal(of: id)).integer == 0
                }
            }

            let result = try #require(try await fixture.result(id))
            #expect(result["status"] == "FAILURE")
            #expect(result["result"]?["exc_type"] == "WorkerLostError")
            #expect(result["result"]?["exc_message"]?.array == ["a worker died while it held this task"])
            #expect(try await fixture.command("HGET", keys.outputState(of: id), "ended").integer == 1)
            #expect(try await fixture.command("PTTL", keys.outputState(of: id)).integer ?? 0 > 0)
            var told = readers.makeAsyncIterator()
            #expect(await told.next().map { String(decoding: $0.payload, as: UTF8.self) } == "end")
        }
    }

    @Test("after an outage nobody is reaped: all leases are extended once")
    func amnesty() async throws {
        try await withWorker(holding: 2) { fixture, worker in
            try await worker.expire()
            _ = try await fixture.command("SET", fixture.keys.reaped, 1)  // nobody has looked for years
            try await fixture.reap()
            #expect(try await fixture.census() == ["inflight": 2])
            try await worker.beat()
            _ = try await worker.cycle([Settlement(tag: 1), Settlement(tag: 2)])
            #expect(try await fixture.census() == [:])
        }
    }

    @Test("after an outage a worker may speak before any reaper has looked")
    func firstWordAfterOutage() async throws {
        try await withWorker(holding: 1) { fixture, worker in
            try await worker.expire()
            _ = try await fixture.command("SET", fixture.keys.reaped, 1)
            try await worker.beat()
            _ = try await worker.cycle([Settlement(tag: 1)])
            #expect(try await fixture.census() == [:])
        }
    }

    @Test("a clock that is set back takes all leases with it: the dead are found in time, and the living stay")
    func clockSetBack() async throws {
        try await withWorker(holding: 2) { fixture, worker in
            // What there is once Redis' clock was set back by an hour: an end of the lease, and a look, in the future.
            let hour: Int64 = 3_600_000
            _ = try await fixture.command("ZINCRBY", fixture.keys.workers, hour, worker.incarnation.rawValue)
            let time = try await fixture.command("TIME")[0]?.integer ?? 0
            _ = try await fixture.command("SET", fixture.keys.reaped, time * 1000 + hour)
            // One that has beaten since, and has a longer lease than who looks.
            var other = ScriptedWorker(fixture: fixture)
            other.lease = .seconds(300)
            try await other.register()
            let before = try await fixture.command("ZSCORE", fixture.keys.workers, other.incarnation.rawValue).integer

            try await fixture.reap()
            let score = try await fixture.command("ZSCORE", fixture.keys.workers, worker.incarnation.rawValue)
            let left = (score.integer ?? 0) - time * 1000
            #expect((1...40_000).contains(left), "the lease is 30 s")
            let after = try await fixture.command("ZSCORE", fixture.keys.workers, other.incarnation.rawValue).integer
            #expect(after == before)
            #expect(try await fixture.census() == ["inflight": 2])

            try await worker.expire()
            try await fixture.reap()
            #expect(try await fixture.census() == ["ready": 2])
        }
    }

    @Test("nothing is written over a stored success")
    func successStays() async throws {
        try await withWorker(holding: 2) { fixture, worker in
            for (tag, text) in [(Int64(1), #"{"status": "SUCCESS", "result": 1}"#), (2, #"{"status": "FAILURE"}"#)] {
                var settlement = Settlement(tag: tag)
                settlement.result = .init(id: "one", text: Array(text.utf8))
                _ = try await worker.cycle([settlement])
            }
            #expect(try await fixture.result("one")?["result"] == 1)
        }
    }

    @Test("equal messages that are due at the same time are both kept")
    func equalMessages() async throws {
        try await QueueFixture.with { fixture in
            let keys: RedisArguments = [fixture.keys.ready, fixture.keys.scheduled, fixture.keys.bound]
            for _ in 0..<2 {
                _ = try await fixture.redis.evaluate(
                    QueueScripts.enqueue,
                    keys: keys,
                    arguments: [1000, fixture.keys.prefix, #"{"a":1}"#, 5000, 0, ""]
                )
            }
            #expect(try await fixture.census() == ["scheduled": 2])
        }
    }
}
