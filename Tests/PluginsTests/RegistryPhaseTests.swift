import JSON
import Testing

@testable import Plugins

@Suite("How a plugin fares")
struct RegistryPhaseTests {
    static func record(
        _ source: PluginSource = .package(digest: "d", bytes: 1),
        isEnabled: Bool = true,
        isUpgrading: Bool = false
    ) throws -> PluginRecord {
        let manifest = try PluginManifest(["contract_version": 1, "name": "weather", "version": "1.0.0"])
        let release = PluginRelease(manifest: manifest, source: source, schema: nil, configuration: .empty)
        return PluginRecord(
            etag: 9,
            generation: 7,
            release: release,
            previous: isUpgrading ? release : nil,
            isEnabled: isEnabled,
            installedAt: 0,
            changedAt: 0
        )
    }

    static func standing(_ state: PluginStanding.State, generation: Int64 = 7, at: Int64 = 100_000) -> PluginStanding {
        PluginStanding(worker: "\(state) \(generation) \(at)", state: state, generation: generation, at: at)
    }

    @Test(
        "one that is files is active once a worker says so, and failing when all say so",
        arguments: [
            ([], PluginPhase.starting), ([standing(.starting)], .starting), ([standing(.healthy)], .active),
            ([standing(.failed)], .failing), ([standing(.failed), standing(.healthy)], .active),
            ([standing(.failed), standing(.starting)], .starting),
            // Of workers that are gone, or that speak of another generation, nothing counts.
            ([standing(.healthy, at: 70_000)], .starting), ([standing(.healthy, at: 70_001)], .active),
            ([standing(.healthy, generation: 6)], .starting),
            ([standing(.failed), standing(.healthy, generation: 6)], .failing),
        ] as [([PluginStanding], PluginPhase)]
    )
    func packages(_ standings: [PluginStanding], _ phase: PluginPhase) throws {
        #expect(PluginPhase(of: try Self.record(), standings: standings, now: 100_000) == phase)
    }

    @Test("what does not run with us is active unless every worker says otherwise")
    func others() throws {
        for source in [PluginSource.builtIn, .service(url: "https://plugins.example")] {
            let record = try Self.record(source)
            #expect(PluginPhase(of: record, standings: [], now: 100_000) == .active)
            #expect(PluginPhase(of: record, standings: [Self.standing(.starting)], now: 100_000) == .active)
            #expect(PluginPhase(of: record, standings: [Self.standing(.failed)], now: 100_000) == .failing)
        }
    }

    @Test("disabled and upgrading come before what workers say")
    func decided() throws {
        let standings = [Self.standing(.healthy), Self.standing(.failed)]
        let disabled = try Self.record(isEnabled: false, isUpgrading: true)
        #expect(PluginPhase(of: disabled, standings: standings, now: 100_000) == .disabled)
        #expect(PluginPhase(of: try Self.record(isUpgrading: true), standings: standings, now: 100_000) == .upgrading)
    }
}
