import Foundation
import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

@Suite("Workers among faults")
struct FaultTests {
    /// Jobs that count their runs and wait a moment.
    private func counting(_ record: Record) -> JobRegistry {
        TestJob.registry { arguments, _ in
            try await Task.sleep(for: .milliseconds(Int64.random(in: 0...5)))
            record.add(arguments.value)
            return arguments.value
        }
    }

    @Test("a Redis that restarts costs time and no task, and the worker goes on by itself")
    func restart() async throws {
        try await RedisServer.with(arguments: ["--appendonly", "yes", "--appendfsync", "always"]) { server in
            let redis = try QueueFixture.client(server)
            defer { redis.close() }
            let fixture = QueueFixture(server: server, redis: redis)
            let record = Record()
            var configuration = fixture.configuration
            configuration.lease = .seconds(5)
            try await fixture.withWorker(counting(record), configuration: configuration) {
                try await fixture.producer.enqueue(TestJob.self, batch: (0..<300).map { .init(value: "\($0)") })
                try await eventually("some runs") { record.all.count > 50 }
                try await server.restart()
                try await eventually("all runs", within: .seconds(30)) { Set(record.all).count == 300 }
                try await eventually("an empty queue") { try await fixture.census() == [:] }
            }
        }
    }

    @Test("a frozen Redis silences the worker before its lease ends; afterwards every task is run")
    func frozen() async throws {
        try await QueueFixture.with { fixture in
            let cancelled = Record()
            let done = Record()
            let registry = TestJob.registry { arguments, context in
                if context.crashes == 0, cancelled.all.count < 5 {
                    do {
                        try await Task.sleep(for: .seconds(30))
                    } catch {
                        cancelled.add(arguments.value)
                        throw error
                    }
                }
                done.add(arguments.value)
                return ""
            }
            try await fixture.withWorker(registry) {
                try await fixture.producer.enqueue(TestJob.self, batch: (0..<5).map { .init(value: "\($0)") })
                try await eventually("all in flight") { try await fixture.census() == ["inflight": 5] }
                let (_, took) = try await unhurried {
                    fixture.server.pause()
                    try await eventually("silence") { cancelled.all.count == 5 }
                }
                #expect(took < fixture.configuration.lease)
                fixture.server.resume()
                try await eventually("all runs", within: .seconds(20)) { Set(done.all).count == 5 }
                try await eventually("an empty queue") { try await fixture.census() == [:] }
            }
            #expect(done.all.count == 5)
        }
    }

    @Test("connections that are cut at any moment lose no task and strand none")
    func cutConnections() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let count = 500
            try await fixture.withWorker(counting(record)) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let isOver = NIOLockedValueBox(false)
                    group.addTask {
                        let cutter = try QueueFixture.client(fixture.server)
                        defer { cutter.close() }
                        while !isOver.withLockedValue({ $0 }) {
                            _ = try await cutter.send(RedisCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
                            try await Task.sleep(for: .milliseconds(Int64.random(in: 20...120)))
                        }
                    }
                    let producer = try QueueFixture.client(fixture.server)
                    defer { producer.close() }
                    for start in stride(from: 0, to: count, by: 50) {
                        let batch = (start..<start + 50).map { TestJob.Arguments(value: "\($0)") }
                        try await enqueueUntilStored(batch, producer)
                    }
                    try await eventually("all runs", within: .seconds(60)) { Set(record.all).count == count }
                    isOver.withLockedValue { $0 = true }
                    try await group.waitForAll()
                    try await eventually("an empty queue", within: .seconds(20)) { try await fixture.census() == [:] }
                }
            }
        }
    }

    private func enqueueUntilStored(_ batch: [TestJob.Arguments], _ redis: RedisClient) async throws {
        let key = UUID().uuidString
        for argument in batch {
            while true {
                do throws(JobQueueError) {
                    try await JobProducer(redis: redis).enqueue(
                        TestJob.self,
                        argument,
                        options: .init(deduplicationKey: key + argument.value)
                    )
                    break
                } catch {
                    guard error.retryAdvice == .byPolicy else { throw error }
                }
            }
        }
    }

    @Test("the leases of many queues stand on one round trip: no beat waits for another's answer")
    func manyQueues() async throws {
        try await QueueFixture.with { fixture in
            let beat = QueueScripts.beat
            let proxy = try await FaultProxy.start(to: fixture.server.port, scripts: [beat.sha1: beat.name])
            let redis = try RedisClient(configuration: RedisConfiguration(url: proxy.url), logger: QueueFixture.logger)
            let through = QueueFixture(server: fixture.server, redis: redis)
            var configuration = fixture.steadyConfiguration
            configuration.queues = (0..<5).map { QueueName("work-\($0)") }
            try await through.withWorker(TestJob.registry { _, _ in "" }, configuration: configuration) {
                try await eventually("beats of all queues") { proxy.seen(.reply)["beat"] ?? 0 >= 5 }
                // The first answer is held back, and with it all behind it on this connection.
                proxy.follow { $0.name == "beat" && $0.side == .reply ? .hold : nil }
                try await eventually("beats that were sent without waiting for it") {
                    (proxy.seen(.request)["beat"] ?? 0) - (proxy.seen(.reply)["beat"] ?? 0) == 4
                }
                proxy.follow { _ in nil }
                proxy.release()
            }
            redis.close()
            await proxy.stop()
        }
    }

    @Test("replies that are dropped by the network strand nothing: what was handed out unseen is given back")
    func lostReplies() async throws {
        try await QueueFixture.with { fixture in
            let record = Record()
            let configuration = fixture.steadyConfiguration
            let life = try await fixture.life(counting(record), configuration)
            try await fixture.producer.enqueue(TestJob.self, batch: (0..<20).map { .init(value: "\($0)") })
            // What a cycle does whose reply never arrives: the tags are booked for a worker that does not know.
            let request = CycleRequest(
                fixture.keys,
                incarnation: life.incarnation,
                settlements: [],
                fetching: 10,
                firstTag: -100,
                configuration: configuration
            )
            _ = try await fixture.redis.evaluate(QueueScripts.cycle, keys: request.keys, arguments: request.arguments)
            #expect(try await fixture.census() == ["ready": 10, "inflight": 10])
            try await fixture.run(life) { _ in
                try await eventually("all runs") { Set(record.all).count == 20 }
            }
            #expect(record.all.count == 20)
            #expect(try await fixture.census() == [:])
        }
    }

    @Test("a worker frozen beyond its lease finds itself fenced, and its tasks are run once by another")
    func zombie() async throws {
        try await QueueFixture.with { fixture in
            let gate = Signal()
            let record = Record()
            let zombieRegistry = TestJob.registry { _, _ in
                await gate.wait()
                record.add("zombie")
                return ""
            }
            var configuration = fixture.configuration
            // Longer than reapers may be held up: otherwise the zombie is granted an amnesty, which is right, too.
            configuration.lease = .seconds(5)
            let zombie = try await fixture.life(zombieRegistry, configuration)
            try await fixture.producer.enqueue(TestJob.self, .init(value: "x"))
            try await withThrowingTaskGroup(of: WorkerLife.Ending.self) { group in
                group.addTask { await zombie.run(until: StopRequest()) }
                try await eventually("the fetch") { try await fixture.census() == ["inflight": 1] }
                // What a frozen worker looks like to Redis: its lease has run out while others look after theirs.
                try await fixture.expire(zombie.incarnation)
                let healthy = TestJob.registry { arguments, context in
                    record.add("healthy after \(context.crashes)")
                    return ""
                }
                try await fixture.withWorker(healthy, configuration: configuration) {
                    try await eventually("the second run") { record.all.contains("healthy after 1") }
                    #expect(try await group.next() == .leaseLost)
                    gate.ring()
                    try await eventually("an empty queue") { try await fixture.census() == [:] }
                }
            }
        }
    }
}
