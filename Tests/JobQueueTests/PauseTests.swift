import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Paused queues")
struct PauseTests {
    @Test("a cycle of a paused queue fetches nothing, but settles, and moves what is due")
    func cycle() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await fixture.command("LPUSH", fixture.keys.ready, "held", "waiting")
            #expect(try await worker.cycle(fetching: 1).isPaused == false)
            _ = try await fixture.command("ZADD", fixture.keys.scheduled, 1, "due")
            _ = try await fixture.control.pause(fixture.queue, as: QueuePause(by: "me", reason: nil))

            let reply = try await worker.cycle([Settlement(tag: 1)], fetching: 5, firstTag: 2)
            #expect(reply.isPaused)
            #expect(reply.messages.isEmpty)
            #expect(try await fixture.census() == ["ready": 2])

            #expect(try await fixture.control.resume(fixture.queue)?.by == "me")
            let messages = try await worker.cycle(fetching: 5, firstTag: 7).messages
            #expect(messages == [Array("due".utf8), Array("waiting".utf8)])
        }
    }

    @Test("a second pause leaves the first in force, and any value pauses")
    func secondPause() async throws {
        try await QueueFixture.with { fixture in
            let first = QueuePause(at: WireTime(milliseconds: 1), by: "ann", reason: "deploy \"7\"")
            #expect(try await fixture.control.pause(fixture.queue, as: first) == first)
            let second = QueuePause(by: "bob", reason: nil)
            #expect(try await fixture.control.pause(fixture.queue, as: second) == first)
            #expect(try await fixture.inspector.depths(of: [fixture.queue]).first?.pause == first)
            #expect(try await fixture.control.resume(fixture.queue) == first)
            #expect(try await fixture.control.resume(fixture.queue) == nil)

            _ = try await fixture.command("SET", fixture.keys.paused, "by hand")
            #expect(
                try await fixture.inspector.depths(of: [fixture.queue]).first?.pause
                    == QueuePause(at: nil, by: nil, reason: nil)
            )
        }
    }

    @Test("a worker leaves a paused queue alone without asking again and again, and goes on after it is resumed")
    func worker() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let gate = Signal()
            let registry = TestJob.registry { arguments, _ in
                if arguments.value == "long" { await gate.wait() }
                record.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry) {
                // Takes one task and then waits at the empty list: a push ends that wait, paused or not.
                let long = try await fixture.producer.enqueue(TestJob.self, .init(value: "long")).taskID
                try await eventually("the start") { try await fixture.census() == ["inflight": 1] }
                _ = try await fixture.control.pause(fixture.queue, as: QueuePause(by: "me", reason: "a test"))
                try await fixture.producer.enqueue(TestJob.self, batch: ["1", "2", "3"].map { .init(value: $0) })

                gate.ring()
                try await eventually("the running job's end") { try await fixture.result(long) != nil }
                #expect(try await fixture.census() == ["ready": 3])

                // Each cycle of a paused queue asks at most four times what is there; nothing else here calls EXISTS. What
                // was pushed and settled before may still cause one or two at once; then they are 0.8 s apart or more.
                _ = try await fixture.command("CONFIG", "RESETSTAT")
                let start = ContinuousClock.now
                try await eventually("five looks") { try await fixture.calls("exists") > 16 }
                #expect(ContinuousClock.now - start >= .milliseconds(1_500))
                #expect(record.all == ["long"])
                #expect(try await fixture.census() == ["ready": 3])

                _ = try await fixture.control.resume(fixture.queue)
                try await eventually("the others") { record.all.count == 4 }
            }
            #expect(record.all.sorted() == ["1", "2", "3", "long"])
        }
    }
}
