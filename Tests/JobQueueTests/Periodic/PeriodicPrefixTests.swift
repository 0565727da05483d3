import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Periodic jobs behind a prefix of all keys and channels", .timeLimit(.minutes(1)))
struct PeriodicPrefixTests {
    @Test(
        "with an account that may use the prefix only, jobs happen once, are changed and heard of, and none stands elsewhere"
    )
    func confined() async throws {
        try await QueueFixture.with(keyPrefix: "app1:") { fixture in
            let control = PeriodicControl(redis: fixture.redis)
            var jobs = PeriodicJobs()
            try jobs.add(try QueueFixture.job("listed", catchUp: .all(atMost: 60), source: .code, every: .seconds(1)))
            let record = Record()
            let registry = TestJob.registry { _, context in
                record.add(context.taskID.rawValue)
                return ""
            }
            let list = jobs
            try await fixture.withWorker(registry) {
                try await fixture.withScheduler(fixture.scheduler(list, lease: .seconds(60))) {
                    try await fixture.hasListener()
                    // Only the ring, which is behind the prefix, too, brings it within twenty seconds.
                    _ = try await control.add(try QueueFixture.job("added", every: .seconds(1)))
                    try await eventually("both ran", within: .seconds(10)) {
                        record.all.count { $0.hasPrefix("listed@") } >= 2
                            && record.all.contains { $0.hasPrefix("added@") }
                    }
                    // A rival of the same fleet does not lead, and another fleet sees nothing of it.
                    guard case .follows = try await fixture.leader("rival").look() else {
                        Issue.record("one leads")
                        return
                    }
                    try await apart(fixture)
                    _ = try await control.pause("listed", as: QueuePause(by: "test", reason: nil))
                    _ = try await control.resume("listed")
                    #expect(try await control.run("added") != nil)
                    #expect(try await control.remove("added") == .removed)
                    #expect(try await control.list().map(\.name) == ["listed"])
                }
            }
            #expect(Set(record.all).count == record.all.count)
            try await fixture.expectPrefix("app1:")
        }
    }

    /// What another fleet with a prefix of its own sees of it: nothing.
    private func apart(_ fixture: QueueFixture) async throws {
        let owner = try QueueFixture.client(fixture.server)
        defer { owner.close() }
        let reply = try await owner.send(
            RedisCommand("EXISTS", "{jobqueue.periodic}:jobs", "{jobqueue.periodic}:leader")
        )
        #expect(reply.integer == 0)
    }
}
