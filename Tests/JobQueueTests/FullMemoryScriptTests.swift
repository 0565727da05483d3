import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// The scripts on a Redis that has no room left.
@Suite("Steps where memory is full")
struct FullMemoryScriptTests {
    private func withFullMemory(_ body: (QueueFixture, ScriptedWorker) async throws -> Void) async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await fixture.push(3)
            #expect(try await worker.cycle(fetching: 3).messages.count == 3)
            // A look has been, as on every queue.
            try await fixture.reap()
            _ = try await fixture.command("CONFIG", "SET", "maxmemory", "1")
            try await body(fixture, worker)
        }
    }

    @Test("a new worker begins, beats and leaves, and tasks that it held are back")
    func life() async throws {
        try await withFullMemory { fixture, worker in
            try await worker.beat()
            let registry = TestJob.registry { _, _ in "" }
            _ = try await fixture.life(registry, fixture.configuration)
            #expect(try await fixture.command("ZCARD", fixture.keys.workers).integer == 2)
            let keys: RedisArguments = [
                fixture.keys.workers, fixture.keys.inflight(worker.incarnation), fixture.keys.ready,
                fixture.keys.reaped,
            ]
            let given = try await fixture.redis.evaluate(
                QueueScripts.giveBack,
                keys: keys,
                arguments: [worker.incarnation.rawValue, worker.lease.milliseconds, fixture.keys.prefix, 1, 1]
            )
            #expect(given.integer == 1)
            let left = try await fixture.redis.evaluate(
                QueueScripts.leave,
                keys: keys,
                arguments: [worker.incarnation.rawValue, worker.lease.milliseconds, fixture.keys.prefix, 1, 64]
            )
            #expect(left.integer == 0)
            #expect(try await fixture.census() == ["ready": 3])
        }
    }

    @Test("what a dead worker held is taken, whether its lease ended or its death was seen")
    func death() async throws {
        for isSeen in [false, true] {
            try await withFullMemory { fixture, worker in
                if isSeen {
                    let release = WorkerRelease(
                        configuration: fixture.configuration,
                        redis: fixture.redis,
                        logger: QueueFixture.logger
                    )
                    #expect(try await release.release(worker.incarnation))
                } else {
                    _ = try await fixture.command("CONFIG", "SET", "maxmemory", "0")
                    try await worker.expire()
                    _ = try await fixture.command("CONFIG", "SET", "maxmemory", "1")
                    try await fixture.reap()
                }
                #expect(try await fixture.census() == ["ready": 3])
                #expect(try await fixture.command("HLEN", fixture.keys.deliveries).integer == 3)
            }
        }
    }

    @Test("what is done is settled, with its result, its retry or its dead letter; nothing is added")
    func settled() async throws {
        try await withFullMemory { fixture, worker in
            var done = Settlement(tag: 1)
            done.result = .init(id: "one", text: Array(#"{"status": "SUCCESS"}"#.utf8))
            var later = Settlement(tag: 2)
            later.action = .later
            later.due = WireTime.now.advanced(by: .seconds(60))
            later.payload = Array("{}".utf8)
            var dead = Settlement(tag: 3)
            dead.action = .dead
            dead.payload = Array("{}".utf8)
            _ = try await worker.cycle([done, later, dead])
            #expect(try await fixture.census() == ["scheduled": 1, "dead": 1])
            #expect(try await fixture.result("one")?["status"] == "SUCCESS")
            do throws(JobQueueError) {
                try await fixture.producer.enqueue(TestJob.self, .init(value: "refused"))
                Issue.record("a task was added")
            } catch {
                #expect(error.code == .unavailable && !error.outcomeUnknown)
            }
        }
    }

    @Test("what waits is handed out, with fairness keys and without")
    func turns() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            try await fixture.producer.enqueue(
                TestJob.self,
                .init(value: ""),
                options: EnqueueOptions(fairnessKey: FairnessKey("a"))
            )
            try await fixture.push(1)
            _ = try await fixture.command("CONFIG", "SET", "maxmemory", "1")
            #expect(try await worker.cycle(fetching: 2).messages.count == 2)
        }
    }
}
