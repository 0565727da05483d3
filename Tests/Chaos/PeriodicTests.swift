import ChaosJobs
import Foundation
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Schedulers as processes of their own, which die and freeze at the step that makes a job happen.
@Suite("Schedulers that die and freeze", .timeLimit(.minutes(2)))
struct PeriodicTests {
    private static let lease = ["CHAOS_PERIODIC_LEASE_MILLISECONDS": "1500"]
    private static let tick = PeriodicScripts.tick

    /// One job that happens every two seconds from now on, each time for certain.
    private func add(to bench: ChaosBench) async throws {
        var job = try PeriodicJob("drill", PlainJob.self, Work(number: "tick"), on: .interval(.seconds(2)))
        job.source = .runTime
        job.queue = bench.queue
        job.catchUp = .all(atMost: 60)
        _ = try await PeriodicControl(redis: bench.redis).add(job)
    }

    /// The times that had an effect so far, in seconds, in their order.
    private func times(_ bench: ChaosBench) async throws -> [Int64] {
        try await bench.ledger.runs().compactMap { $0.taskID.split(separator: "@").last.flatMap { Int64($0) } }
            .map { $0 / 1_000 }.sorted()
    }

    @Test(
        "the leader is killed at its tick: the next one makes that time happen, and no time happens twice or never",
        arguments: [FaultProxy.Side.request, .reply]
    )
    func killed(_ side: FaultProxy.Side) async throws {
        try await ChaosBench.with { bench in
            let proxy = try await FaultProxy.start(to: bench.server.port, scripts: [Self.tick.sha1: Self.tick.name])
            let victim = try bench.worker(at: proxy.url, settings: Self.lease)
            try await victim.says("worker registered")
            try await eventually("it leads") {
                try await bench.redis.send(RedisCommand("EXISTS", bench.redis.periodicKeys.leader)).integer == 1
            }
            let heir = try bench.worker(at: bench.server.url, settings: Self.lease)
            try await heir.says("worker registered")
            // Asked about a request: Redis never sees it. About a reply: Redis has done it, and nobody learns of it.
            proxy.follow { moment in
                guard moment.name == Self.tick.name, moment.side == side, moment.refusal == nil, moment.occurrence > 1
                else { return nil }
                victim.kill()
                return .close
            }
            try await add(to: bench)
            try await eventually("its death", within: .seconds(30)) { !victim.isRunning }
            let before = try await times(bench).count
            try await eventually("what follows", within: .seconds(30)) { try await times(bench).count >= before + 2 }
            let found = try await times(bench)
            #expect(zip(found, found.dropFirst()).allSatisfy { $1 - $0 == 2 }, "\(found)")
            #expect(try await heir.terminate() == .exited(0))
            await proxy.stop()
        }
    }

    @Test("a leader that is frozen at its tick beyond its lease: its word arrives late, is refused and changes nothing")
    func frozen() async throws {
        try await ChaosBench.with { bench in
            let proxy = try await FaultProxy.start(to: bench.server.port, scripts: [Self.tick.sha1: Self.tick.name])
            let zombie = try bench.worker(at: proxy.url, settings: Self.lease)
            try await zombie.says("worker registered")
            try await eventually("it leads") {
                try await bench.redis.send(RedisCommand("EXISTS", bench.redis.periodicKeys.leader)).integer == 1
            }
            let isHeld = NIOLockedValueBox(false)
            let refusals = NIOLockedValueBox<[String]>([])
            proxy.follow { moment in
                if let refusal = moment.refusal { refusals.withLockedValue { $0.append(refusal) } }
                guard moment.name == Self.tick.name, moment.side == .request else { return nil }
                let isFirst = isHeld.withLockedValue { held in
                    defer { held = true }
                    return !held
                }
                return isFirst ? .hold : nil
            }
            try await add(to: bench)
            try await eventually("its tick under way", within: .seconds(20)) { isHeld.withLockedValue(\.self) }
            zombie.signal(SIGSTOP)
            let other = try bench.worker(at: bench.server.url, settings: Self.lease)
            try await eventually("the other's ticks", within: .seconds(20)) { try await times(bench).count >= 2 }
            proxy.release()
            try await eventually("the refusal") { refusals.withLockedValue { $0.contains("FENCED") } }
            zombie.signal(SIGCONT)
            let count = try await times(bench).count
            try await eventually("more ticks", within: .seconds(20)) { try await times(bench).count >= count + 2 }
            let found = try await times(bench)
            #expect(zip(found, found.dropFirst()).allSatisfy { $1 - $0 == 2 }, "\(found)")
            #expect(try await zombie.terminate() == .exited(0))
            #expect(try await other.terminate() == .exited(0))
            await proxy.stop()
        }
    }
}
