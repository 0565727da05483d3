import ChaosJobs
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// A Redis that has no room left, and throws nothing away.
@Suite("Redis out of memory", .timeLimit(.minutes(2)))
struct FullMemoryTests {
    @Test("producers are told, leases stand, tasks go on to their end, also a dead worker's; then all is as before")
    func full() async throws {
        try await ChaosBench.with(redis: ["--maxmemory-policy", "noeviction"]) { bench in
            // Few places, so that there is work for as long as memory is full.
            let narrow = ["CHAOS_CONCURRENCY": "2"]
            let first = try bench.worker(at: bench.server.url, settings: narrow)
            let second = try bench.worker(at: bench.server.url, settings: narrow)
            for worker in [first, second] { try await worker.says("worker registered") }
            let producer = JobProducer(redis: bench.redis)
            var numbers: Set<String> = []
            for number in 0..<60 {
                var work = Work(number: "\(number)", milliseconds: 200)
                var options = EnqueueOptions()
                switch number % 6 {
                case 0: work.failures = 1
                case 1: options.orderingKey = OrderingKey("ordered")
                case 2: options.delay = .seconds(1)
                default: break
                }
                numbers.insert(work.number)
                try await producer.enqueue(PlainJob.self, work, options: options)
            }
            try await eventually("effects") { try await bench.ledger.runs().count > 4 }

            _ = try await bench.redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "1"))
            do throws(JobQueueError) {
                try await producer.enqueue(PlainJob.self, Work(number: "refused"))
                Issue.record("it was stored although memory is full")
            } catch {
                #expect("\(error)".contains("OOM"))
                #expect(!error.outcomeUnknown)
                #expect(error.retryAdvice == .byPolicy)
            }
            // A death, and a new worker, while memory is full.
            second.kill()
            let third = try bench.worker(at: bench.server.url, settings: narrow)
            try await third.says("worker registered")
            try await eventually("all effects", within: .seconds(40)) {
                try await numbers.isSubset(of: Set(bench.ledger.runs().map(\.number)))
            }
            try await bench.keys.areIdle(bench.redis, [first, third])
            #expect(first.incarnations.count == 1, "it has lost its lease")
            #expect(try await third.terminate() == .exited(0))
            // Its farewell arrived.
            try await bench.keys.areIdle(bench.redis, [first])

            _ = try await bench.redis.send(RedisCommand("CONFIG", "SET", "maxmemory", "0"))
            try await producer.enqueue(PlainJob.self, Work(number: "accepted"))
            try await bench.keys.areIdle(bench.redis, [first])
            #expect(try await first.terminate() == .exited(0))
            let verdict = try await Verdict(
                on: bench.keys,
                bench.redis,
                bench.ledger,
                accepted: numbers.union(["accepted"])
            )
            verdict.expectFlawless()
            #expect(verdict.repeats <= 2, "of the dead")
        }
    }
}
