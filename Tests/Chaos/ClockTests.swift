import ChaosJobs
import Foundation
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// A Redis whose clock is set while everything works. Needs libfaketime.
@Suite("Clock steps", .enabled(if: SteppedClock.isAvailable, "faketime is not installed"), .timeLimit(.minutes(2)))
struct ClockTests {
    @Test(
        "Redis' clock is set: leases, deaths and tasks go on as if nothing had been",
        arguments: [[3_600], [-3_600], [5, -5, 86_400, -172_800]]
    )
    func redis(_ steps: [Int]) async throws {
        let clock = try SteppedClock()
        defer { clock.remove() }
        try await ChaosBench.with(program: await clock.wrapper(of: "redis-server")) { bench in
            let workers = try (0..<2).map { _ in try bench.worker(at: bench.server.url) }
            for worker in workers { try await worker.says("worker registered") }
            let producers = try StormProducers(
                at: bench.server.url,
                queue: bench.queue,
                durability: .async,
                seed: ChaosSettings.seed,
                isTimeless: true
            )
            let running = Task { await producers.run() }
            defer { running.cancel() }
            for step in steps {
                // Somebody dies with tasks in hand just before it, and another just after it.
                let first = try bench.worker(at: bench.server.url)
                let second = try bench.worker(at: bench.server.url)
                for worker in [first, second] { try await worker.says("worker registered") }
                try await holds(first, bench)
                first.kill()
                try clock.step(by: step)
                try await holds(second, bench)
                second.kill()
                // Both are found dead within a lease of 2 s and a look; the tests' machine may be slow.
                try await eventually("the end of the dead", within: .seconds(15)) {
                    let dead = (first.incarnations + second.incarnations).map {
                        RedisCommand("ZSCORE", bench.keys.workers, $0)
                    }
                    return try await bench.redis.send(pipeline: dead).allSatisfy { try $0.get().isNull }
                }
            }
            producers.stop()
            await running.value
            try await bench.keys.areIdle(bench.redis, workers)
            for worker in workers { #expect(try await worker.terminate() == .exited(0)) }
            let accepted = producers.accepted
            let verdict = try await Verdict(
                on: bench.keys,
                bench.redis,
                bench.ledger,
                accepted: Set(accepted.keys).union(producers.children.values)
            )
            verdict.expectFlawless("\(steps)")
            #expect(accepted.count > 50)
            print(
                "chaos: clock steps \(steps) s: \(accepted.count) jobs, \(2 * steps.count) kills, \(verdict.repeats) run again"
            )
        }
    }

    /// Waits until a worker has tasks in hand.
    private func holds(_ worker: ProgramProcess, _ bench: ChaosBench) async throws {
        try await eventually("tasks in hand") {
            guard let incarnation = worker.incarnations.last else { return false }
            return try await bench.redis.send(RedisCommand("HLEN", bench.keys.inflight(incarnation))).integer ?? 0 > 0
        }
    }
}

/// The clock that one program reads, which can be set; its monotonic clock goes on.
struct SteppedClock {
    /// The loader puts the library directory of this machine in place of `$LIB`. Redis' allocator and the library would
    /// each wait for the other, so the C library's is put before it.
    private static let library = "/usr/$LIB/faketime/libfaketimeMT.so.1 libc.so.6"

    static let isAvailable: Bool = FileManager.default.isExecutableFile(atPath: "/usr/bin/faketime")

    private let directory: URL
    private var file: URL { directory.appendingPathComponent("offset") }

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("t\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try "+0".write(to: file, atomically: true, encoding: .utf8)
    }

    /// A program that runs another with this clock.
    func wrapper(of program: String) async throws -> String {
        let wrapper = directory.appendingPathComponent(program)
        let script = """
            #!/bin/sh
            exec env LD_PRELOAD='\(Self.library)' FAKETIME_TIMESTAMP_FILE='\(file.path)' FAKETIME_NO_CACHE=1 \
            DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_FAKE_MONOTONIC=1 \(program) "$@"

            """
        try await ExecutableScript.write(script, to: wrapper)
        return wrapper.path
    }

    /// Sets it forward, or back, by so many seconds from where it is.
    func step(by seconds: Int) throws {
        let now = Int(try String(contentsOf: file, encoding: .utf8).filter { $0 != "+" }) ?? 0
        try String(format: "%+d", now + seconds).write(to: file, atomically: true, encoding: .utf8)
    }

    func remove() { try? FileManager.default.removeItem(at: directory) }
}
