import Logging
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Release of a worker that is known to be dead", .timeLimit(.minutes(1)))
struct ReleaseTests {
    private func release(
        _ worker: ScriptedWorker,
        _ adjust: (inout WorkerConfiguration) -> Void = { _ in }
    ) async throws -> Bool {
        var configuration = worker.fixture.configuration
        adjust(&configuration)
        let release = WorkerRelease(
            configuration: configuration,
            redis: worker.fixture.redis,
            logger: QueueFixture.logger
        )
        return try await release.release(worker.incarnation)
    }

    @Test("its tasks are back at the front in their old order while its lease still stands, delivery counts raised")
    func released() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(100)
            let order = try await fixture.readyIDs()
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle(fetching: 60)
            _ = try await worker.cycle(fetching: 30, firstTag: 61)
            #expect(try await release(worker) { $0.batchSize = 7 })
            #expect(try await fixture.readyIDs() == order)
            #expect(try await fixture.command("HLEN", fixture.keys.deliveries).integer == 90)
            #expect(try await fixture.command("ZCARD", fixture.keys.workers).integer == 0)
        }
    }

    @Test("only that one is released")
    func onlyThat() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(5)
            let dead = ScriptedWorker(fixture: fixture)
            let alive = ScriptedWorker(fixture: fixture)
            for worker in [dead, alive] { try await worker.register() }
            _ = try await dead.cycle(fetching: 2)
            _ = try await alive.cycle(fetching: 3)
            #expect(try await release(dead))
            #expect(try await fixture.census() == ["ready": 2, "inflight": 3])
            try await alive.beat()
            _ = try await alive.cycle([Settlement(tag: 1), Settlement(tag: 2), Settlement(tag: 3)])
            #expect(try await fixture.census() == ["ready": 2])
        }
    }

    @Test("what the dead one had still under way to Redis is refused")
    func lastWords() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(2)
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle(fetching: 1)
            #expect(try await release(worker))
            #expect(await worker.isFenced { _ = try await worker.cycle(fetching: 1, firstTag: 2) })
            #expect(await worker.isFenced { _ = try await worker.cycle([Settlement(tag: 1)]) })
            #expect(await worker.isFenced { try await worker.beat() })
            #expect(try await fixture.census() == ["ready": 2])
        }
    }

    @Test("half done, it is refused already, no amnesty brings it back, and a reaper does the rest")
    func halfReleased() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(3)
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            _ = try await worker.cycle(fetching: 3)
            let condemned = try await fixture.redis.evaluate(
                QueueScripts.release,
                keys: [fixture.keys.workers],
                arguments: [worker.incarnation.rawValue]
            )
            #expect(condemned.integer == 1)
            #expect(await worker.isFenced { _ = try await worker.cycle([Settlement(tag: 1)]) })
            _ = try await fixture.command("SET", fixture.keys.reaped, 1)  // nobody has looked for years
            let reaper = Reaper(
                queues: [fixture.keys],
                configuration: fixture.configuration,
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            try await reaper.reap(fixture.keys)
            #expect(try await fixture.census() == ["ready": 3])
        }
    }

    @Test("one that is not registered, never was or not any more, is not entered")
    func unknown() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            #expect(try await !release(worker))
            try await worker.register()
            #expect(try await release(worker))
            #expect(try await !release(worker))
            #expect(try await fixture.command("EXISTS", fixture.keys.workers).integer == 0)
        }
    }

    @Test("a task that its workers keep dying of goes to the dead list")
    func poison() async throws {
        try await QueueFixture.with { fixture in
            try await fixture.push(1)
            for _ in 1...3 {
                let worker = ScriptedWorker(fixture: fixture)
                try await worker.register()
                _ = try await worker.cycle(fetching: 1)
                #expect(try await release(worker))
            }
            try await fixture.bury(afterDeaths: 3)
        }
    }

    @Test("without Redis it says so, and can be repeated")
    func unreachable() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            try await worker.register()
            fixture.server.kill()
            await #expect(throws: JobQueueError.self) { try await release(worker) }
            try await fixture.server.restart()
            try await worker.register()
            #expect(try await release(worker))
        }
    }

    @Test("a worker tells of a life before any queue knows of it, and again once all do")
    func lifeReports() async throws {
        try await QueueFixture.with { fixture in
            let (reports, told) = AsyncStream.makeStream(of: LifeReport.self)
            let worker = JobWorker(
                configuration: fixture.configuration,
                registry: TestJob.registry { value, _ in value.value },
                redis: fixture.redis,
                logger: QueueFixture.logger,
                onLife: { told.yield($0) }
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await worker.run() }
                var stages = reports.makeAsyncIterator()
                let first = try #require(await stages.next())
                #expect(first.stage == .beginning)
                let second = await stages.next()
                #expect(second == LifeReport(incarnation: first.incarnation, stage: .registered))
                let known = try await fixture.command("ZRANGE", fixture.keys.workers, 0, -1)
                #expect(known.array?.compactMap(\.string) == [first.incarnation.rawValue])
                group.cancelAll()
            }
        }
    }

    @Test(
        "reads an incarnation only where it is one, whole",
        arguments: [
            ("0b6f3c1e-8a2d-4f7b-9c3e-5d1a2b3c4d5e", true), ("0b6f3c1e-8a2d-4f7b-9c3e-5d1a2b3c4d5", false),
            ("0B6F3C1E-8A2D-4F7B-9C3E-5D1A2B3C4D5E", false), ("0b6f3c1e-8a2d-4f7b-9c3e-5d1a2b3c4d5e ", false),
            ("0b6f3c1e08a2d-4f7b-9c3e-5d1a2b3c4d5e", false), ("", false),
        ]
    )
    func parsing(_ text: String, _ isOne: Bool) {
        #expect(Incarnation(parsing: text)?.rawValue == (isOne ? text : nil))
    }
}
