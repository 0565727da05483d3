import ChaosJobs
import Foundation
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Workers that die with a queue that they joined while they ran, at any moment of joining and leaving.
@Suite("Deaths of workers that join and leave a queue", .timeLimit(.minutes(2)))
struct AddedQueueTests {
    private static let deaths = 24
    private static let jobs = 400

    @Test("killed while they join, take from and leave a queue, nothing is lost, and nothing is left behind")
    func killed() async throws {
        try await ChaosBench.with { bench in
            var generator = SeededGenerator(seed: ChaosSettings.seed)
            print("chaos: seed \(ChaosSettings.seed)")
            let producer = JobProducer(redis: bench.redis)
            func restless(_ number: Int) throws -> ProgramProcess {
                let settings = [
                    "CHAOS_QUEUE": "own\(number)", "CHAOS_ADDED_QUEUE": bench.queue.rawValue,
                    "CHAOS_TOGGLE_MILLISECONDS": "\(Int.random(in: 60...400, using: &generator))",
                ]
                return try bench.worker(at: bench.server.url, settings: settings)
            }
            var victims = [try restless(0), try restless(1)]
            var held = 0
            for death in 0..<Self.deaths {
                let numbers = Self.jobs / Self.deaths * death..<Self.jobs / Self.deaths * (death + 1)
                let work = numbers.map {
                    Work(number: "\($0)", milliseconds: Int.random(in: 0...400, using: &generator))
                }
                try await producer.enqueue(PlainJob.self, batch: work)
                // From before it has registered to long after.
                try await Task.sleep(for: .milliseconds(Int.random(in: 20...450, using: &generator)))
                let index = death % 2
                victims[index].kill()
                for hash in try await bench.redis.send(RedisCommand("KEYS", bench.keys.inflight("*"))).array ?? [] {
                    held += Int(try await bench.redis.send(RedisCommand("HLEN", hash.string ?? "")).integer ?? 0)
                }
                victims[index] = try restless(index)
            }
            // The last one stays with the queue.
            let steady = try bench.worker(at: bench.server.url)
            for victim in victims { victim.kill() }
            try await bench.keys.areIdle(bench.redis, [steady])
            #expect(try await steady.terminate() == .exited(0))
            let accepted = Set((0..<Self.jobs / Self.deaths * Self.deaths).map(String.init))
            let verdict = try await Verdict(on: bench.keys, bench.redis, bench.ledger, accepted: accepted)
            verdict.expectFlawless()
            print(
                "chaos: \(Self.deaths + 2) deaths among \(held) tasks held, \(verdict.runs) effects of \(accepted.count) jobs"
            )
            #expect(held > 0, "the dead held nothing: the test shows nothing")
            #expect(verdict.runs > 0)
        }
    }

    @Test("frozen with a queue that it joined: another takes what it held, and it comes back in a new life")
    func frozen() async throws {
        try await ChaosBench.with { bench in
            let settings = ["CHAOS_QUEUE": "own", "CHAOS_ADDED_QUEUE": bench.queue.rawValue]
            let zombie = try bench.worker(at: bench.server.url, settings: settings)
            let producer = JobProducer(redis: bench.redis)
            try await producer.enqueue(PlainJob.self, batch: (0..<10).map { Work(number: "\($0)", milliseconds: 700) })
            try await eventually("it holds them") {
                guard let life = zombie.incarnations.last else { return false }
                return try await bench.redis.send(RedisCommand("HLEN", bench.keys.inflight(life))).integer == 10
            }
            zombie.signal(SIGSTOP)
            let other = try bench.worker(at: bench.server.url)
            try await eventually("all done by the other") { try await bench.ledger.runs().count == 10 }
            zombie.signal(SIGCONT)
            try await bench.keys.areIdle(bench.redis, [zombie, other])
            #expect(zombie.incarnations.count == 2)
            #expect(try await zombie.terminate() == .exited(0))
            #expect(try await other.terminate() == .exited(0))
            let verdict = try await Verdict(
                on: bench.keys,
                bench.redis,
                bench.ledger,
                accepted: Set((0..<10).map(String.init))
            )
            verdict.expectFlawless()
        }
    }
}
