import JSON
import Testing

@testable import Plugins

@Suite("Upgrades of plugins")
struct RegistryUpgradeTests {
    typealias Fixture = RegistryFixture

    static func upgrade(_ package: [UInt8], patch: JSONObject = [:], allowsDowngrade: Bool = false) -> PluginUpgrade {
        PluginUpgrade(origin: .package(package, digest: nil), patch: patch, allowsDowngrade: allowsDowngrade)
    }

    @Test("the version before is kept until a worker has found the new one healthy")
    func finishes() async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            let first = try await fixture.install(configuration: ["city": "北京"])
            let package = try Fixture.package(version: "1.1.0")
            let change = try await fixture.operations.upgrade(first.name, Self.upgrade(package), etag: first.etag)
            let trial = try change.after.unwrapped()
            #expect(change.before == first)
            #expect(trial.previous == first.release)
            #expect(try await registry.phase(of: trial) == .upgrading)
            #expect(trial.view(language: "en")["previous_version"] == "1.0.0")
            // Another generation is not meant; one that is, is confirmed once.
            #expect(try await registry.finishUpgrade(first.name, generation: first.generation) == nil)
            let done = try await registry.finishUpgrade(first.name, generation: trial.generation).unwrapped()
            #expect(done.previous == nil)
            #expect(done.generation == trial.generation)
            #expect(done.release == trial.release)
            #expect(try await registry.finishUpgrade(first.name, generation: trial.generation) == nil)
            #expect(try await registry.rollBack(first.name, generation: trial.generation, reason: "late") == nil)
            #expect(try await registry.record(named: first.name) == done)
        }
    }

    @Test("one that is not healthy is taken back with its configuration, and says why")
    func rollsBack() async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            let first = try await fixture.install(configuration: ["city": "北京", "api_key": "PLANTED"])
            let migrations: JSONValue = [["from": "<2.0.0", "remove": ["/city"]]]
            let package = try Fixture.package(version: "2.0.0", more: ["migrations": migrations])
            let trial = try await fixture.operations.upgrade(first.name, Self.upgrade(package)).after.unwrapped()
            #expect(try registry.configuration(of: trial.release) == ["api_key": "PLANTED", "days": 3])
            let rolled = try await registry.rollBack(
                first.name,
                generation: trial.generation,
                reason: "it ended three times"
            )
            let record = try rolled.unwrapped()
            #expect(record.release == first.release)
            #expect(record.previous == nil)
            #expect(record.generation > trial.generation)
            #expect(record.lastProblem == "2.0.0 was taken back: it ended three times")
            #expect(try registry.configuration(of: record.release)["city"] == "北京")
            #expect(try await registry.rollBack(first.name, generation: trial.generation, reason: "again") == nil)
            let later = try await fixture.operations.configure(first.name, patch: ["city": "上海"]).after
            #expect(later?.lastProblem == nil)
        }
    }

    @Test("of many workers that end one trial at once, one does")
    func together() async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            try await fixture.install()
            let package = try Fixture.package(version: "1.1.0")
            let trial = try await fixture.operations.upgrade(Fixture.weather, Self.upgrade(package)).after.unwrapped()
            let ended = try await withThrowingTaskGroup(of: PluginRecord?.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        index % 2 == 0
                            ? try await registry.finishUpgrade(trial.name, generation: trial.generation)
                            : try await registry.rollBack(trial.name, generation: trial.generation, reason: "no")
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(ended.compactMap { $0 }.count == 1)
            #expect(try await registry.record(named: trial.name) == ended.compactMap { $0 }.first)
        }
    }

    @Test("the configuration is migrated from the version that is there, then patched, then checked")
    func migrates() async throws {
        try await Fixture.with { fixture in
            try await fixture.install(configuration: ["city": "北京", "old_key": "PLANTED"])
            let migrations: JSONValue = [
                ["from": "<0.5.0", "remove": ["/old_key"]],
                ["from": "<2.0.0", "rename": ["/old_key": "/api_key"]],
                ["from": "*", "set": ["/days": 7]],
            ]
            let package = try Fixture.package(version: "2.0.0", more: ["migrations": migrations])
            let wrong = try await Fixture.failure {
                _ = try await fixture.operations.upgrade(Fixture.weather, Self.upgrade(package, patch: ["city": 1]))
            }
            #expect(wrong.problems.map(\.pointer) == ["/city"])
            let change = try await fixture.operations.upgrade(
                Fixture.weather,
                Self.upgrade(package, patch: ["city": "上海"])
            )
            let after = try change.after.unwrapped()
            #expect(
                try fixture.registry.configuration(of: after.release)
                    == ["city": "上海", "days": 7, "api_key": "PLANTED"]
            )
            #expect(after.release.configuration.open == ["city": "上海", "days": 7])
        }
    }

    @Test("older versions, other files of the same version, the same again and other plugins are refused")
    func refused() async throws {
        try await Fixture.with { fixture in
            try await fixture.install(try Fixture.package(version: "1.2.0"))
            func failure(_ package: [UInt8]) async throws -> PluginRegistryError {
                try await Fixture.failure {
                    _ = try await fixture.operations.upgrade(Fixture.weather, Self.upgrade(package))
                }
            }
            #expect(try await failure(try Fixture.package(version: "1.1.9")).code == .downgrade)
            #expect(try await failure(try Fixture.package(version: "1.2.0-rc.1")).code == .downgrade)
            #expect(try await failure(try Fixture.package(version: "1.2.0")).code == .unchanged)
            #expect(try await failure(try Fixture.package(version: "1.2.0", program: "evil")).code == .sameVersion)
            let other = try await failure(try Fixture.package(name: "other", version: "2.0.0"))
            #expect(other.problems.map(\.pointer) == ["/name"])
            let absent = try await Fixture.failure {
                _ = try await fixture.operations.upgrade(.sample("absent"), Self.upgrade(try Fixture.package()))
            }
            #expect(absent.code == .unknown)
            #expect(try await fixture.registry.revision() == 1)
            let older = try Fixture.package(version: "1.1.9")
            let change = try await fixture.operations.upgrade(
                Fixture.weather,
                Self.upgrade(older, allowsDowngrade: true)
            )
            #expect(change.after?.version.description == "1.1.9")
        }
    }

    @Test("a second upgrade keeps the one that was healthy last; one of a disabled plugin is not tried")
    func chained() async throws {
        try await Fixture.with { fixture in
            let first = try await fixture.install()
            let second = try Fixture.package(version: "1.1.0")
            let third = try Fixture.package(version: "1.2.0")
            _ = try await fixture.operations.upgrade(first.name, Self.upgrade(second))
            let trial = try await fixture.operations.upgrade(first.name, Self.upgrade(third)).after.unwrapped()
            #expect(trial.previous == first.release)
            let gone = try await Fixture.failure {
                _ = try await fixture.registry.package(try PluginPackage(packed: second).digest)
            }
            #expect(gone.code == .unknown)
            // What happens to it meanwhile does not end the trial.
            _ = try await fixture.operations.disable(first.name)
            _ = try await fixture.operations.enable(first.name)
            let rolled = try await fixture.registry.rollBack(first.name, generation: trial.generation, reason: "no")
            #expect(rolled?.release == first.release)
            _ = try await fixture.operations.disable(first.name)
            let idle = try await fixture.operations.upgrade(first.name, Self.upgrade(third)).after
            #expect(idle?.previous == nil)
            #expect(idle?.version.description == "1.2.0")
        }
    }
}
