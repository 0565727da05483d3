import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("The queues that a running worker joined, kept", .timeLimit(.minutes(1)))
struct ConsumerUpkeepTests {
    @Test("an added queue is as well kept: its lease is renewed, and its tasks are cancelled by word")
    func kept() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let registry = TestJob.registry { arguments, _ in
                record.add(arguments.value)
                if arguments.value == "long" { try await Task.sleep(for: .seconds(60)) }
                return ""
            }
            var configuration = fixture.configuration
            configuration.lease = .seconds(30)  // A busy machine must not end this life.
            let life = try await fixture.life(registry, configuration)
            try await fixture.run(life) { _ in
                try life.tuning.addConsumer(QueueFixture.other)
                let id = try await fixture.add("long")
                try await eventually("it runs") { record.all == ["long"] }
                let keys = fixture.redis.keys(of: QueueFixture.other)
                let first = try await fixture.command("ZSCORE", keys.workers, life.incarnation.rawValue).string
                try await eventually("a beat") {
                    try await fixture.command("ZSCORE", keys.workers, life.incarnation.rawValue).string != first
                }
                // Reaped by this worker too, since it looks after what it takes from.
                let dead = Incarnation.random()
                _ = try await fixture.command("ZADD", keys.workers, 1, dead.rawValue)
                try await fixture.expire(dead, in: keys)
                try await eventually("the dead one is gone") {
                    try await fixture.workers() == [life.incarnation.rawValue]
                }
                _ = try await fixture.producer.cancel(id, in: QueueFixture.other)
                try await eventually("it ends") { try await fixture.result(id)?["status"] == "REVOKED" }
            }
            #expect(try await fixture.workers().isEmpty)
        }
    }

    @Test("a dead worker's added queue is released with the others")
    func released() async throws {
        try await QueueFixture.with { fixture in
            let worker = ScriptedWorker(fixture: fixture)
            _ = try await fixture.add("held")
            let keys = fixture.redis.keys(of: QueueFixture.other)
            _ = try await fixture.command("ZADD", keys.workers, Int64.max / 4096, worker.incarnation.rawValue)
            let message = try #require(try await fixture.command("RPOP", keys.ready).bytes)
            _ = try await fixture.command("HSET", keys.inflight(worker.incarnation), 1, message)
            let release = WorkerRelease(
                configuration: fixture.configuration,
                redis: fixture.redis,
                logger: QueueFixture.logger
            )
            #expect(try await !release.release(worker.incarnation))
            #expect(try await release.release(worker.incarnation, joined: [QueueFixture.other]))
            #expect(try await fixture.command("LLEN", keys.ready).integer == 1)
        }
    }

    @Test("however its beats and its farewells cross, leaving a queue does not cost it its life")
    func restless() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            var configuration = fixture.steadyConfiguration
            configuration.beat = .microseconds(50)
            let life = try await fixture.life(QueueFixture.noting(record), configuration)
            try await fixture.run(life) { _ in
                for round in 0..<40 {
                    let id = try await fixture.add("\(round)")
                    try life.tuning.addConsumer(QueueFixture.other)
                    try await eventually("run") { try await fixture.result(id) != nil }
                    life.tuning.cancelConsumer(QueueFixture.other)
                    try await eventually("left") { try await fixture.workers().isEmpty }
                }
                #expect(life.roster.phase == .working)
                #expect(try await fixture.workers(of: fixture.queue) == [life.incarnation.rawValue])
            }
            #expect(Set(record.all).count == 40)
        }
    }

    @Test("told while Redis is away, it joins and leaves once that is back, and knows since when it is registered")
    func away() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            var configuration = fixture.steadyConfiguration
            configuration.leaseMargin = .milliseconds(100)
            let life = try await fixture.life(QueueFixture.noting(record), configuration)
            try await fixture.run(life) { _ in
                for round in 0..<3 {
                    fixture.server.pause()
                    try life.tuning.addConsumer(QueueFixture.other)
                    // Longer than a registration waits for its answer: whether it stands nobody knows.
                    try await Task.sleep(for: .milliseconds(100 * (round + 1)))
                    fixture.server.resume()
                    let id = try await fixture.add("\(round)")
                    try await eventually("it is run") { try await fixture.result(id) != nil }
                    #expect(try await fixture.workers() == [life.incarnation.rawValue])
                    fixture.server.pause()
                    life.tuning.cancelConsumer(QueueFixture.other)
                    try await Task.sleep(for: .milliseconds(100))
                    fixture.server.resume()
                    try await eventually("it is left") { try await fixture.workers().isEmpty }
                }
                #expect(life.roster.phase == .working)
            }
            #expect(record.all == ["other 0", "other 1", "other 2"])
        }
    }

    @Test("many queues come and go while tasks run in all of them, and each task is run once")
    func busy() async throws {
        try await QueueFixture.with { fixture in
            let done = NIOLockedValueBox<[String: Int]>([:])
            let registry = TestJob.registry { arguments, context in
                for _ in 0..<10 { await Task.yield() }
                done.withLockedValue { $0["\(context.queue) \(arguments.value)", default: 0] += 1 }
                return ""
            }
            let names = (0..<6).map { QueueName("queue\($0)") }
            for name in names {
                let batch = (0..<200).map { TestJob.Arguments(value: "\($0)") }
                try await fixture.producer.enqueue(TestJob.self, batch: batch, options: .init(queue: name))
            }
            var configuration = fixture.steadyConfiguration
            configuration.concurrency = 4
            let life = try await fixture.life(registry, configuration)
            try await fixture.run(life) { _ in
                var generator = SeededGenerator(seed: 11)
                for _ in 0..<60 {
                    let name = names.randomElement(using: &generator) ?? "queue0"
                    if Bool.random(using: &generator) {
                        try life.tuning.addConsumer(name)
                    } else {
                        life.tuning.cancelConsumer(name)
                    }
                    let count = done.withLockedValue { $0.count }
                    try? await eventually("some more", within: .milliseconds(30)) {
                        done.withLockedValue { $0.count } > count + 5
                    }
                }
                for name in names { try life.tuning.addConsumer(name) }
                try await eventually("all ran") { done.withLockedValue { $0.count } == 1_200 }
            }
            #expect(done.withLockedValue { $0.values.allSatisfy { $0 == 1 } })
            for name in names { #expect(try await fixture.workers(of: name).isEmpty) }
        }
    }
}
