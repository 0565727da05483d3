import JSON
import Redis
import Synchronization
import TestSupport
import Testing

@testable import Platform

@Suite("Audit retention")
struct AuditRetentionTests {
    private static let day: Int64 = 86_400_000

    /// 505 records of two days ago and, after `fill`, three of now; then the old ones are removed.
    private func withPruned(_ body: (AuditFixture) async throws -> Void) async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(505, from: AuditTime.now().milliseconds - 3 * Self.day)
            for target in ["a", "b", "c"] { try await fixture.log.append(.sample(target)) }
            let retention = AuditRetention(redis: fixture.redis, log: fixture.log)
            #expect(try await retention.prune(olderThan: 1, by: .init(actor: "local:root", role: "admin")) == 505)
            try await body(fixture)
        }
    }

    @Test("what is too old goes, the chain goes on from there, and it is a record itself")
    func prune() async throws {
        try await withPruned { fixture in
            let report = try await fixture.verify()
            #expect(report.breach == nil)
            #expect(report.first == 506)
            #expect(report.count == 4)
            let newest = try await AuditReader(redis: fixture.redis).page(limit: 1).records.first?.entry
            #expect(newest?.action == "audit.prune")
            #expect(newest?.actor == "local:root")
            #expect(newest?.target == "1-505")
            let retention = AuditRetention(redis: fixture.redis, log: fixture.log)
            #expect(try await retention.prune(olderThan: 1, by: .upkeep) == 0)
            #expect(try await fixture.verify().count == 4)
        }
    }

    @Test("all may go, and the chain still goes on")
    func all() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(20)
            let retention = AuditRetention(redis: fixture.redis, log: fixture.log)
            #expect(try await retention.prune(olderThan: 1, by: .upkeep) == 20)
            try await fixture.log.append(.sample("next"))
            let report = try await fixture.verify()
            #expect(report.breach == nil)
            #expect(report.first == 21)
            #expect(report.count == 2)
        }
    }

    @Test("records removed behind the anchor's back, and an anchor that was changed or lost, are found")
    func anchor() async throws {
        try await withPruned { fixture in
            let key = fixture.stream.anchorKey
            let anchor = try #require(await fixture.stream.anchor())
            #expect(anchor.seq == 505)
            _ = try await fixture.redis.send(RedisCommand("HSET", key, "hash", AuditLink.origin.hash))
            #expect(try await fixture.verify().breach?.kind == .anchor)
            _ = try await fixture.redis.send(RedisCommand("DEL", key))
            #expect(try await fixture.verify().breach?.kind == .missing)
            _ = try await fixture.redis.send(RedisCommand("HSET", key, "seq", "507", "hash", anchor.hash))
            #expect(try await fixture.verify().breach?.kind == .anchor)
            _ = try await fixture.redis.send(RedisCommand("HSET", key, "seq", "505", "hash", anchor.hash))
            #expect(try await fixture.verify().breach == nil)
            _ = try await fixture.redis.send(RedisCommand("XDEL", fixture.stream.logKey, "506-0"))
            let breach = try #require(try await fixture.verify().breach)
            #expect(breach == .missing(506, through: 506, ", from the beginning of the log"))
        }
    }

    @Test("nothing is removed from a log that is not whole")
    func broken() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(20)
            _ = try await fixture.redis.send(RedisCommand("XDEL", fixture.stream.logKey, "7-0"))
            let retention = AuditRetention(redis: fixture.redis, log: fixture.log)
            do {
                _ = try await retention.prune(olderThan: 1, by: .upkeep)
                Issue.record("removed the traces")
            } catch let error as AuditError {
                #expect(error.code == .broken)
            }
            #expect(try await fixture.lines().count == 19)
        }
    }

    @Test("several that remove at once remove each record once")
    func atOnce() async throws {
        try await AuditFixture.with { fixture in
            try await fixture.fill(510)
            let counts = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await AuditRetention(redis: fixture.redis, log: fixture.log)
                            .prune(olderThan: 1, by: .upkeep)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(counts.reduce(0, +) == 510)
            #expect(try await fixture.verify().breach == nil)
        }
    }

    @Test("the upkeep removes at its start and once an hour, and brings the file up every minute")
    func upkeep() async throws {
        let directory = try ScratchDirectory()
        let path = directory.path("audit.jsonl")
        try await AuditFixture.with { fixture in
            let time = Atomic(AuditTime.now().milliseconds)
            let trail = AuditTrail(redis: fixture.redis, file: path, logger: AuditFixture.silent)
            try await trail.append(.sample("first"))
            let clock = ManualClock()
            let upkeep = AuditUpkeep(
                redis: fixture.redis,
                trail: trail,
                days: 1,
                now: { AuditTime(milliseconds: time.load(ordering: .relaxed)) },
                clock: clock,
                logger: AuditFixture.silent
            )
            let running = Task { await upkeep.run() }
            var sleeps = clock.sleeps.makeAsyncIterator()
            #expect(await sleeps.next() == .seconds(60))
            #expect(try await fixture.verify().first == 1)
            // Another machine's record; and two days are over.
            try await fixture.log.append(.sample("second"))
            time.add(2 * Self.day, ordering: .relaxed)
            for minute in 1...60 {
                #expect(try await fixture.verify().first == 1)
                clock.advance(by: .seconds(60))
                _ = await sleeps.next()
                if minute == 1 { #expect(try AuditVerification.verify(files: [path]).last?.seq == 2) }
            }
            #expect(try await fixture.verify().first == 3)
            #expect(try await fixture.stream.anchor()?.seq == 2)
            #expect(try AuditVerification.verify(files: [path]).last?.seq == 3)
            running.cancel()
            await running.value
        }
    }
}
