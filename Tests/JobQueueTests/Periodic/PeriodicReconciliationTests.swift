import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Periodic jobs of code and configuration")
struct PeriodicReconciliationTests {
    private func reconcile(
        _ fixture: QueueFixture,
        _ jobs: [PeriodicJob],
        owner: String = "default",
        isStart: Bool = false
    ) async throws -> PeriodicReconciliation.Report {
        var list = PeriodicJobs()
        for job in jobs { try list.add(job) }
        return try await PeriodicReconciliation(redis: fixture.redis, jobs: list, owner: owner, isStart: isStart)
            .run()
    }

    private func due(_ fixture: QueueFixture) async throws -> [String: String] {
        let words =
            (try await fixture.command("ZRANGE", fixture.redis.periodicKeys.due, 0, -1, "WITHSCORES").array ?? [])
            .compactMap(
                \.string
            )
        return Dictionary(
            stride(from: 0, to: words.count, by: 2).map { (words[$0], words[$0 + 1]) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test("new ones are added, changed ones changed, removed ones removed; others' are left alone")
    func changes() async throws {
        try await QueueFixture.with { fixture in
            let control = PeriodicControl(redis: fixture.redis)
            _ = try await control.add(try QueueFixture.job("operator"))
            var first = try QueueFixture.job("first", source: .code)
            let second = try QueueFixture.job("second", source: .configuration)
            #expect(try await reconcile(fixture, [first, second]) == .init(added: 2))
            #expect(try await reconcile(fixture, [first, second]) == .init())
            #expect(
                try await reconcile(fixture, [try QueueFixture.job("other", source: .code)], owner: "x")
                    == .init(added: 1)
            )

            first.priority = 3
            let stolen = try QueueFixture.job("operator", source: .code)
            let report = try await reconcile(fixture, [first, stolen])
            #expect(report == .init(changed: 1, removed: 1, taken: ["operator"]))
            let listings = try await control.list()
            #expect(listings.map(\.name) == ["first", "operator", "other"])
            #expect(try listings[0].job.get().priority == 3)
            #expect(try listings[1].job.get().source == .runTime)
            #expect(try await reconcile(fixture, []) == .init(removed: 1))
        }
    }

    @Test("a pause outlives a restart, also one with a change")
    func pause() async throws {
        try await QueueFixture.with { fixture in
            let control = PeriodicControl(redis: fixture.redis)
            var job = try QueueFixture.job(source: .configuration)
            _ = try await reconcile(fixture, [job])
            let pause = QueuePause(at: WireTime(milliseconds: 1), by: "ann", reason: "deploy")
            #expect(try await control.pause("a", as: pause) == pause)
            #expect(try await control.pause("a", as: QueuePause(by: "bob", reason: nil)) == pause)
            _ = try await reconcile(fixture, [job])
            job.schedule = try .interval(.seconds(1))
            _ = try await reconcile(fixture, [job])
            #expect(try await control.list().first?.pause == pause)
            #expect(try await due(fixture) == [:])
            guard case .resumed(pause, let next?) = try await control.resume("a") else {
                Issue.record("it is resumed")
                return
            }
            #expect(try await due(fixture) == ["a": "\(next.milliseconds)"])
            #expect(try await control.resume("a") == .notPaused)
            #expect(try await control.resume("b") == .none)
        }
    }

    @Test("what a job missed is kept through a restart, also one that changes something else than its times")
    func missed() async throws {
        try await QueueFixture.with { fixture in
            var job = try QueueFixture.job(source: .configuration)
            _ = try await reconcile(fixture, [job])
            _ = try await fixture.command("ZADD", fixture.redis.periodicKeys.due, 86_400_000, "a")
            job.priority = 2
            #expect(try await reconcile(fixture, [job]) == .init(changed: 1))
            #expect(try await due(fixture) == ["a": "86400000"])
            job.schedule = try .interval(.seconds(43_200))
            #expect(try await reconcile(fixture, [job]) == .init(changed: 1))
            #expect(try await due(fixture) != ["a": "86400000"])
            // And one whose time somebody removed has one again.
            _ = try await fixture.command("DEL", fixture.redis.periodicKeys.due)
            #expect(try await reconcile(fixture, [job]) == .init())
            #expect(try await due(fixture).count == 1)
        }
    }

    @Test("what a starting process brings is made up for within its bound, where a key tells what has happened")
    func lookback() async throws {
        try await QueueFixture.with { fixture in
            var job = try QueueFixture.job(source: .configuration, every: .seconds(600))
            job.catchUpWithin = .seconds(1_800)
            func ahead(_ job: PeriodicJob, isStart: Bool) async throws -> Int64 {
                _ = try await reconcile(fixture, [])
                _ = try await reconcile(fixture, [job], isStart: isStart)
                let next = try #require(try await due(fixture)["a"].flatMap { Int64($0) })
                return next - (try await fixture.redis.time().milliseconds)
            }
            #expect(try await ahead(job, isStart: true) > 0)
            job.seenAs = "a"
            #expect(try await ahead(job, isStart: false) > 0)
            #expect((-1_800_000 ... -1_200_000).contains(try await ahead(job, isStart: true)))
            // One that is there goes on as it was.
            _ = try await fixture.command("ZADD", fixture.redis.periodicKeys.due, 5, "a")
            _ = try await reconcile(fixture, [job], isStart: true)
            #expect(try await due(fixture) == ["a": "5"])
        }
    }

    @Test("an owner is forgotten until it has brought its jobs, and again when Redis has lost them")
    func forgotten() async throws {
        try await QueueFixture.with { fixture in
            let upkeep = PeriodicUpkeep(redis: fixture.redis, owner: "x", logger: QueueFixture.logger)
            #expect(try await upkeep.isForgotten())
            await upkeep.bring(PeriodicJobs(), isStart: true)
            #expect(try await !upkeep.isForgotten())
            _ = try await fixture.command("FLUSHALL")
            #expect(try await upkeep.isForgotten())
        }
    }

    @Test("twenty workers that start at once add each job once")
    func together() async throws {
        try await QueueFixture.with { fixture in
            let jobs = try (0..<20).map { try QueueFixture.job("j\($0)", source: .code) }
            let added = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 { group.addTask { try await reconcile(fixture, jobs).added } }
                return try await group.reduce(0, +)
            }
            #expect(added == 20)
            #expect(try await due(fixture).count == 20)
        }
    }
}
