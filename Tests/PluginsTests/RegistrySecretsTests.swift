import Cryptography
import JSON
import NIOConcurrencyHelpers
import Redis
import Testing

@testable import Plugins

@Suite("Secrets of plugins")
struct RegistrySecretsTests {
    typealias Fixture = RegistryFixture

    /// Everything that is in Redis, as text.
    static func everything(in redis: RedisClient) async throws -> String {
        var texts: [String] = []
        func add(_ reply: RedisReply) {
            if let elements = reply.array { elements.forEach(add) } else { texts.append(reply.string ?? "") }
        }
        let keys = try await redis.send(RedisCommand("KEYS", "*")).array ?? []
        for key in keys.compactMap(\.string) {
            add(.bytes(Array(key.utf8)))
            switch try await redis.send(RedisCommand("TYPE", key)).string {
            case "hash": add(try await redis.send(RedisCommand("HGETALL", key)))
            case "list": add(try await redis.send(RedisCommand("LRANGE", key, "0", "-1")))
            case "set": add(try await redis.send(RedisCommand("SMEMBERS", key)))
            default: add(try await redis.send(RedisCommand("GET", key)))
            }
        }
        return texts.joined(separator: "\n")
    }

    @Test("of secrets planted in every way, nothing is in Redis, in a description or in a dump")
    func planted() async throws {
        try await Fixture.with { fixture in
            let operations = try fixture.operations
            let first = try await fixture.install(configuration: ["city": "北京", "api_key": "PLANTED-1"])
            _ = try await operations.configure(first.name, patch: ["old_key": "PLANTED-2"])
            let next = try Fixture.package(version: "2.0.0")
            let upgrade = RegistryUpgradeTests.upgrade(next, patch: ["api_key": "PLANTED-3"])
            let change = try await operations.upgrade(first.name, upgrade)
            let bare = try Fixture.package(name: "bare", schema: nil)
            let second = try await fixture.install(
                bare,
                configuration: ["a/b~c": "PLANTED-4", "n": ["x": "PLANTED-5"]]
            )
            let url = "https://plugins.example/service"
            let manifest: JSONValue = ["contract_version": 1, "name": "service", "version": "1.0.0"]
            fixture.services.withLockedValue { $0[url] = (manifest, Fixture.schema) }
            let origin = PluginOrigin.service(url: url, secret: Secret("PLANTED-6-0123456789"))
            let service = try await operations.install(PluginInstallation(name: nil, origin: origin))
            try await fixture.registry.append(["PLANTED-7"], toLogOf: first.name, hiding: [Secret("PLANTED-7")])

            let stored = try await Self.everything(in: fixture.redis)
            #expect(stored.contains("北京"))
            #expect(!stored.contains("PLANTED"))
            var dumped = ""
            dump(change, to: &dumped)
            dump(service, to: &dumped)
            dump(second, to: &dumped)
            dump(operations, to: &dumped)
            #expect(!dumped.contains("PLANTED"))
            #expect(!dumped.contains(Fixture.keyText))
            // They are all there for who has the key.
            let registry = fixture.registry
            let trial = try change.after.unwrapped()
            #expect(try registry.configuration(of: trial.release)["api_key"] == "PLANTED-3")
            #expect(try registry.configuration(of: try trial.previous.unwrapped())["api_key"] == "PLANTED-1")
            #expect(try registry.configuration(of: second.release) == ["a/b~c": "PLANTED-4", "n": ["x": "PLANTED-5"]])
            #expect(second.release.configuration.shown == ["a/b~c": "***", "n": "***"])
            #expect(registry.openConfiguration(of: second.release) == [:])
        }
    }

    @Test("without a key, plugins without secrets work, and secrets are refused with what to set")
    func noKey() async throws {
        try await Fixture.with(key: nil) { fixture in
            let record = try await fixture.install(configuration: ["city": "北京"])
            #expect(try fixture.registry.configuration(of: record.release)["city"] == "北京")
            let failure = try await Fixture.failure {
                _ = try await fixture.operations.configure(record.name, patch: ["api_key": "PLANTED"])
            }
            #expect(failure.code == .noKey)
            #expect(failure.description.contains("PLUGINS_KEY"))
            #expect(!failure.description.contains("PLANTED"))
            let service = try await Fixture.failure {
                let origin = PluginOrigin.service(url: "https://plugins.example", secret: nil)
                _ = try await fixture.operations.install(PluginInstallation(name: nil, origin: origin))
            }
            #expect(service.code == .noKey)
        }
    }

    @Test("with another key, or moved to another plugin, nothing opens; the plugin can still be seen and removed")
    func otherKey() async throws {
        try await Fixture.with { fixture in
            let record = try await fixture.install(configuration: ["api_key": "PLANTED"])
            let other = try fixture.rekeyed(String(repeating: "ab", count: 32))
            for reader in [other, try fixture.rekeyed(nil)] {
                #expect(throws: PluginRegistryError.self) { try reader.registry.configuration(of: record.release) }
                #expect(try await reader.registry.records() == [record])
                let failure = try await Fixture.failure {
                    _ = try await reader.operations.configure(record.name, patch: ["city": "x"])
                }
                #expect([.wrongKey, .noKey].contains(failure.code))
            }
            let moved = #expect(throws: PluginRegistryError.self) {
                try record.release.configuration.opened(for: .sample("other"), key: fixture.registry.sealing)
            }
            #expect(moved?.code == .wrongKey)
            _ = try await other.operations.uninstall(record.name)
            #expect(try await other.registry.records() == [])
        }
    }
}
