import Foundation
import JobQueue
import TestSupport
import Testing

/// Memory over a long time under steady load, and the ruler that it is measured with.
@Suite("Memory over time", .timeLimit(.minutes(5 + (ChaosSettings.soakMinutes ?? 0))))
struct SoakTests {
    private static let mostPerHour = 1_048_576.0

    @Test("the ruler sees a leak of two megabytes an hour in the noise of an allocator, and none where there is none")
    func ruler() throws {
        for seed in 0..<50 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var flat = MemoryTrend()
            var leaking = MemoryTrend()
            for second in stride(from: 0, to: 1800, by: 5) {
                // Warms up by ten megabytes, then swings by up to one.
                let base = 30e6 + min(Double(second) / 300, 1) * 10e6 + Double.random(in: 0..<1e6, using: &generator)
                flat.add(Int(base), at: .seconds(second))
                leaking.add(Int(base + Double(second) / 3600 * 2 * Self.mostPerHour), at: .seconds(second))
            }
            #expect(try #require(flat.slope(after: .seconds(600))).perHour < Self.mostPerHour)
            #expect(try #require(leaking.slope(after: .seconds(600))).perHour > Self.mostPerHour)
        }
    }

    /// Gateway, workers and Redis under about twenty tasks a second of every kind and two messages a second, for as
    /// long as `SOAK_MINUTES` says.
    @Test(
        "after a warm-up no process grows by a megabyte an hour",
        .enabled(if: ChaosSettings.soakMinutes != nil, "SOAK_MINUTES is not set")
    )
    func flat() async throws {
        let length = Duration.seconds(60 * (ChaosSettings.soakMinutes ?? 0))
        try await AssistantSystem.with { system in
            let worker = try ProgramProcess(
                "chaos-worker",
                environment: ["CHAOS_REDIS_URL": system.redis.url, "CHAOS_QUEUE": "chaos"]
            )
            try await worker.says("worker registered")
            let producers = try StormProducers(
                at: system.redis.url,
                queue: "chaos",
                durability: .async,
                seed: ChaosSettings.seed,
                pace: 100..<300
            )
            let producing = Task { await producers.run() }
            let chatting = Task { try await chat(system) }
            defer {
                producing.cancel()
                chatting.cancel()
            }
            let watched = [system.gateway, system.workers[0], worker]
            var trends = watched.map { _ in MemoryTrend() }
            let began = ContinuousClock.now
            while ContinuousClock.now - began < length {
                try await Task.sleep(for: .seconds(5))
                for (index, process) in watched.enumerated() {
                    trends[index].add(try process.residentMemory().anonymous, at: ContinuousClock.now - began)
                }
            }
            producers.stop()
            let warmUp = length / 3
            for (process, trend) in zip(watched, trends) {
                let slope = try #require(trend.slope(after: warmUp))
                func megabytes(_ bytes: Double) -> String { String(format: "%.2f", bytes / 1_048_576) }
                print(
                    "soak: \(process.name) over \(length - warmUp) after \(warmUp): \(megabytes(slope.perHour)) MB an hour "
                        + "(± \(megabytes(slope.error))), from \(megabytes(slope.first)) to \(megabytes(slope.last)) MB"
                )
                #expect(slope.perHour < Self.mostPerHour, "\(process.name)")
            }
            print("soak: \(producers.accepted.count) tasks, \(try await system.deliveries("stored")) messages")
        }
    }

    /// Two people a second say something.
    private func chat(_ system: AssistantSystem) async throws {
        var count = 0
        while !Task.isCancelled {
            count += 1
            _ = try await system.sandbox.say("What can you do?", as: "Person \(count % 20)")
            try await Task.sleep(for: .milliseconds(500))
        }
    }
}
