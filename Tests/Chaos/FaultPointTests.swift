import ChaosJobs
import Foundation
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import JobQueue

/// Every request of a worker, with every kind of blow at it.
@Suite("Blows at every step of a worker", .timeLimit(.minutes(5)))
struct FaultPointTests {
    /// Drills at work at the same time: most of one is waiting for a lease or a deadline.
    private static let width = 6
    /// A duplicate can be told from an answer only where nothing else waits: on connections that ask one thing at a
    /// time. (TCP never repeats, so this is about a broken proxy.)
    private static let alone: Set<FaultPoint> = [.peek, .beat]

    private static let drills: [(FaultPoint, FaultDrill.Blow)] = FaultPoint.allCases.flatMap { point in
        FaultDrill.Blow.allCases.filter { $0 != .duplicate || alone.contains(point) }.map { (point, $0) }
    }

    @Test(
        "every step of a worker: whatever happens there, every task has its effect and nothing is left behind",
        .machineTurn
    )
    func everywhere() async throws {
        try await ChaosBench.with { bench in
            let notes = try RedisClient(
                configuration: RedisConfiguration(url: bench.ledgerServer.url),
                logger: .silent
            )
            defer { notes.close() }
            // One that only listens, and forgets scripts and a reply, so that it takes every step.
            let quiet = try await FaultDrill(bench: bench.with(queue: "quiet", notes: notes), target: nil).run()
            let began = ContinuousClock.now
            let outcomes = try await withThrowingTaskGroup(of: (FaultDrill.Blow, FaultDrill.Outcome).self) { group in
                var outcomes: [(FaultDrill.Blow, FaultDrill.Outcome)] = []
                for (index, drill) in Self.drills.enumerated() {
                    if index >= Self.width, let outcome = try await group.next() { outcomes.append(outcome) }
                    let own = bench.with(queue: QueueName("drill\(index)"), notes: notes)
                    group.addTask { (drill.1, try await FaultDrill(bench: own, target: drill).run()) }
                }
                for try await outcome in group { outcomes.append(outcome) }
                return outcomes
            }
            let steps = outcomes.reduce(quiet.names) { $0.union($1.1.names) }
            let missing = steps.subtracting(FaultPoint.allCases.map(\.rawValue)).subtracting(FaultPoint.rare)
            #expect(missing.isEmpty, "steps of a worker at which there are no blows")
            let kills = outcomes.count { $0.0.kills }
            let repeats = outcomes.filter { $0.0.kills }.reduce(0) { $0 + $1.1.repeats }
            let times = outcomes.map(\.1.recovery).sorted()
            print(
                "chaos: \(FaultPoint.allCases.count) steps, \(outcomes.count) blows in \(ContinuousClock.now - began): "
                    + "\(outcomes.reduce(0) { $0 + $1.1.jobs }) jobs, \(kills) kills, "
                    + "\(repeats) runs again after them, recovery p50 \(times[times.count / 2]), longest \(times.last ?? .zero)"
            )
        }
    }
}
