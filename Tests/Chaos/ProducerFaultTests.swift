import ChaosJobs
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// A producer whose connection is harmed at each of its requests, and that tells again what was not confirmed.
@Suite("Blows at every step of a producer", .timeLimit(.minutes(2)))
struct ProducerFaultTests {
    /// Nobody holds it for a moment here, and a duplicate cannot be told where more is asked behind it.
    private static let faults = FaultProxy.Fault.allCases.filter { $0 != .hold && $0 != .duplicate }
    private static let steps = ["SCRIPT LOAD", "enqueue", "WAITAOF", "CONFIG GET"]

    @Test("there is one task, and its producer knows", arguments: steps, faults)
    func everywhere(_ step: String, _ fault: FaultProxy.Fault) async throws {
        // Before Redis 7.2, which has WAITAOF, it is this setting that confirms.
        try await RedisServer.with(arguments: ["--appendonly", "yes", "--appendfsync", "always"]) { server in
            for side in [FaultProxy.Side.request, .reply] {
                let proxy = try await FaultProxy.start(to: server.port, scripts: QueueScripts.namesByDigest)
                let redis = try RedisClient(configuration: ChaosBench.hurried(proxy.url), logger: .silent)
                defer { redis.close() }
                let isHarmed = NIOLockedValueBox(false)
                proxy.follow { moment in
                    guard moment.name == step, moment.side == side, !isHarmed.withLockedValue({ $0 }) else {
                        return nil
                    }
                    isHarmed.withLockedValue { $0 = true }
                    return fault
                }
                if step == "SCRIPT LOAD" {
                    _ = try await server.ask("SCRIPT", "FLUSH")
                } else {
                    _ = try await server.ask("SCRIPT", "LOAD", QueueScripts.enqueue.source)
                }
                let producer = JobProducer(redis: redis, durability: .fsync)
                let id = TaskID("\(side)")
                let options = EnqueueOptions(deduplicationKey: "\(side)", taskID: id)
                var failures: [JobQueueError] = []
                var receipt: EnqueueReceipt?
                while receipt == nil, failures.count < 5 {
                    do throws(JobQueueError) {
                        receipt = try await producer.enqueue(PlainJob.self, Work(number: "1"), options: options)
                    } catch {
                        failures.append(error)
                    }
                }
                #expect(receipt?.taskID == id)
                #expect(isHarmed.withLockedValue { $0 }, "it was not asked")
                // The second call may still meet the silence of the first.
                #expect((1...3).contains(failures.count))
                #expect(failures.first?.outcomeUnknown == true && failures.allSatisfy { $0.retryAdvice == .byPolicy })
                let keys = QueueKeys(PlainJob.queue, in: .plain)
                #expect(try await server.ask("LLEN", keys.ready).integer == (side == .request ? 1 : 2))
                await proxy.stop()
            }
        }
    }
}
