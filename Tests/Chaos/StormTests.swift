import TestSupport
import Testing

/// Random harm of every kind while producers go on; `CHAOS_SECONDS` says for how long, all together.
@Suite("Storms", .serialized, .timeLimit(.minutes(5 + Int(ChaosSettings.storms.components.seconds) / 60)))
struct StormTests {
    @Test(
        "whatever happens to workers, connections and Redis: nothing is lost, stuck or left over",
        .machineTurn,
        arguments: Storm.Disk.allCases
    )
    func rages(_ disk: Storm.Disk) async throws {
        let seed = ChaosSettings.seed
        let length = ChaosSettings.storms / Storm.Disk.allCases.count
        print("chaos: seed \(seed) (CHAOS_SEED=\(seed) repeats its decisions)")
        let report = try await Storm.rage(disk, seed: seed, for: length)
        print("chaos: storm of \(length), appendfsync \(disk.rawValue): \(report)")
        #expect(report.jobs > 100)
        #expect(report.kills > 0 && report.stops > 0 && report.drops > 0 && report.restarts > 0, "a calm storm")
    }
}
