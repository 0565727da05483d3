import ChaosJobs
import Foundation
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// What a worker says that Redis has given up on.
@Suite("A worker that comes back from the dead", .timeLimit(.minutes(2)))
struct ZombieTests {
    @Test("what it had under way to Redis when it froze arrives after its lease, is refused and changes nothing")
    func lateWords() async throws {
        try await ChaosBench.with { bench in
            let proxy = try await bench.proxy()
            let zombie = try bench.worker(at: proxy.url)
            try await zombie.says("worker registered")
            let producer = JobProducer(redis: bench.redis)
            // They cannot end before this server writes their effects down.
            bench.ledgerServer.pause()
            for number in 0..<5 {
                let work = Work(number: "\(number)")
                try await producer.enqueue(PlainJob.self, work, options: .init(taskID: TaskID("task-\(number)")))
            }
            try await eventually("five jobs under way") {
                try await QueueSurvey(of: bench.keys, hasPriorities: true, beginsCount: false, redis: bench.redis)
                    .inFlight == 5
            }
            let holds = NIOLockedValueBox(0)
            proxy.follow { moment in
                guard moment.name == "cycle", moment.side == .request else { return nil }
                holds.withLockedValue { $0 += 1 }
                return .hold
            }
            bench.ledgerServer.resume()
            try await eventually("five effects") { try await bench.ledger.runs().count == 5 }
            // One that is held by now may be from before their ends; the client gives it up after a second, and the next
            // one tells of them. Frozen earlier, the worker would have nothing under way.
            let held = holds.withLockedValue { $0 }
            try await eventually("the word of their ends") { holds.withLockedValue { $0 > held } }
            zombie.signal(SIGSTOP)

            let other = try bench.worker(at: bench.server.url)
            try await eventually("the second effects", within: .seconds(20)) {
                try await bench.ledger.runs().count == 10
            }
            try await bench.keys.areIdle(bench.redis, [other])
            let before = try await state(bench)
            proxy.follow { _ in nil }
            let refusals = NIOLockedValueBox<[String]>([])
            proxy.follow { moment in
                if let refusal = moment.refusal {
                    refusals.withLockedValue { $0.append("\(moment.name) \(refusal)") }
                }
                return nil
            }
            proxy.release()
            try await eventually("the refusal") { refusals.withLockedValue { $0.contains("cycle FENCED") } }
            #expect(try await state(bench) == before)

            zombie.signal(SIGCONT)
            try await bench.keys.areIdle(bench.redis, [zombie, other])
            #expect(try await state(bench) == before)
            #expect(zombie.incarnations.count == 2)
            // Both are of use.
            try await producer.enqueue(PlainJob.self, batch: (10..<60).map { Work(number: "\($0)", milliseconds: 100) })
            try await bench.keys.areIdle(bench.redis, [zombie, other])
            #expect(try await zombie.terminate() == .exited(0))
            #expect(try await other.terminate() == .exited(0))
            let numbers = Set((Array(0..<5) + Array(10..<60)).map(String.init))
            let verdict = try await Verdict(on: bench.keys, bench.redis, bench.ledger, accepted: numbers)
            verdict.expectFlawless()
            #expect(verdict.repeats == 5)
            await proxy.stop()
        }
    }

    /// Results and counts: what a late word could change.
    private func state(_ bench: ChaosBench) async throws -> [RedisReply] {
        let results = (0..<5).map { BrokerNames.plain.result(of: TaskID("task-\($0)")) }
        return [
            try await bench.redis.send(RedisCommand("MGET", arguments: results)),
            try await bench.redis.send(RedisCommand("HMGET", bench.keys.counts, "added", "ended")),
        ]
    }
}
