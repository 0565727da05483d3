import Cryptography
import JSON
import NIOConcurrencyHelpers
import Redis
import TestSupport
import Testing

@testable import Plugins

@Suite("The registry of plugins")
struct RegistryTests {
    typealias Fixture = RegistryFixture

    @Test("what is installed is there for every reader, and raises the revision")
    func installed() async throws {
        try await Fixture.with { fixture in
            #expect(try await fixture.registry.revision() == 0)
            let record = try await fixture.install(configuration: ["city": "北京"])
            #expect(record.etag == 1)
            #expect(record.generation == 1)
            #expect(try await fixture.registry.revision() == 1)
            let other = try fixture.rekeyed(nil)
            #expect(try await other.registry.records() == [record])
            #expect(try await other.registry.record(named: Fixture.weather) == record)
            #expect(try await other.registry.record(named: .sample("absent")) == nil)
            #expect(record.installedAt == 1_000_000)
            let digest = try #require(record.source.digest)
            let package = try await other.registry.package(digest)
            #expect(package.manifest == record.manifest)
        }
    }

    @Test("all keys stand behind the prefix and in one slot")
    func keys() async throws {
        try await Fixture.with(prefix: "app1:") { fixture in
            let record = try await fixture.install()
            let standing = PluginStanding(worker: "w", state: .healthy, generation: record.generation, at: 1_000_000)
            try await fixture.registry.report(standing, of: record.name)
            try await fixture.registry.append(["line"], toLogOf: record.name)
            let reply = try await fixture.redis.send(RedisCommand("KEYS", "*"))
            let digest = try #require(record.source.digest)
            let names = (reply.array ?? []).compactMap(\.string).sorted()
            #expect(
                names
                    == [
                        "logs:weather", "package:\(digest)", "registry", "revision", "standing:weather",
                        "uses:\(digest)",
                    ].map { "app1:{plugins}:\($0)" }
            )
        }
    }

    @Test("of fifty who change the same record at once, one does")
    func conflicts() async throws {
        try await Fixture.with { fixture in
            let record = try await fixture.install()
            let operations = try fixture.operations
            let outcomes = await withTaskGroup(of: PluginRegistryError.Code?.self) { group in
                for index in 0..<50 {
                    group.addTask {
                        let patch: JSONObject = ["city": .string("city \(index)")]
                        do throws(PluginRegistryError) {
                            _ = try await operations.configure(record.name, patch: patch, etag: record.etag)
                            return nil
                        } catch {
                            return error.code
                        }
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.count { $0 == .conflict } == 49)
            #expect(try await fixture.registry.revision() == 2)
        }
    }

    @Test("changes without an etag all come about, one after the other")
    func merges() async throws {
        try await Fixture.with { fixture in
            let properties = JSONObject(dictionaryLiteral: ("type", "object"))
            try await fixture.install(Fixture.package(schema: .object(properties)))
            let operations = try fixture.operations
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<20 {
                    group.addTask {
                        await #expect(throws: Never.self) {
                            _ = try await operations.configure(Fixture.weather, patch: ["m\(index)": 1])
                        }
                    }
                }
            }
            let record = try await fixture.registry.record(named: Fixture.weather)
            #expect(record?.release.configuration.open.count == 20)
            #expect(record?.etag == 21)
        }
    }

    @Test("a plugin that was installed anew is not taken for the one that was read before")
    func reinstalled() async throws {
        try await Fixture.with { fixture in
            let first = try await fixture.install()
            _ = try await fixture.operations.uninstall(first.name)
            let second = try await fixture.install()
            #expect(second.etag > first.etag)
            let failure = try await Fixture.failure {
                _ = try await fixture.operations.disable(first.name, etag: first.etag)
            }
            #expect(failure.code == .conflict)
        }
    }

    @Test("a package is kept for as long as a record uses it, and not longer")
    func packages() async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            let first = try PluginPackage(packed: try Fixture.package())
            try await registry.put(first)
            func lifetime(_ digest: String) async throws -> Int64? {
                try await fixture.redis.send(RedisCommand("TTL", registry.keys.package(digest))).integer
            }
            #expect((3_500...3_600).contains(try await lifetime(first.digest) ?? 0))
            try await fixture.install(first.packed)
            #expect(try await lifetime(first.digest) == -1)
            try await registry.put(first)
            #expect(try await lifetime(first.digest) == -1)
            let second = try PluginPackage(packed: try Fixture.package(version: "2.0.0"))
            let upgrade = PluginUpgrade(origin: .package(second.packed, digest: nil))
            let change = try await fixture.operations.upgrade(Fixture.weather, upgrade)
            #expect(try await lifetime(first.digest) == -1)
            #expect(try await lifetime(second.digest) == -1)
            let generation = try #require(change.after?.generation)
            try await registry.finishUpgrade(Fixture.weather, generation: generation)
            #expect(try await lifetime(first.digest) == -2)
            #expect(try await lifetime(second.digest) == -1)
            _ = try await fixture.operations.uninstall(Fixture.weather)
            #expect(try await lifetime(second.digest) == -2)
            let left = try await fixture.redis.send(RedisCommand("KEYS", "*"))
            #expect(left == .array([.bytes(Array("{plugins}:revision".utf8))]))
        }
    }

    @Test("a package that was changed in Redis, or is gone, is not handed out")
    func tampered() async throws {
        try await Fixture.with { fixture in
            let record = try await fixture.install()
            let digest = try #require(record.source.digest)
            let other = try Fixture.package(program: "evil")
            _ = try await fixture.redis.send(RedisCommand("SET", fixture.registry.keys.package(digest), other))
            let failure = try await Fixture.failure { _ = try await fixture.registry.package(digest) }
            #expect(failure.refusal?.code == .wrongDigest)
            // Sent again, it is whole again, and stays.
            try await fixture.registry.put(try PluginPackage(packed: try Fixture.package()))
            #expect(try await fixture.registry.package(digest).digest == digest)
            let lifetime = try await fixture.redis.send(RedisCommand("TTL", fixture.registry.keys.package(digest)))
            #expect(lifetime.integer == -1)
            _ = try await fixture.redis.send(RedisCommand("DEL", fixture.registry.keys.package(digest)))
            let gone = try await Fixture.failure { _ = try await fixture.registry.package(digest) }
            #expect(gone.code == .unknown)
        }
    }

    @Test("a package as large as may be goes through Redis")
    func large() async throws {
        try await Fixture.with { fixture in
            var generator = SeededGenerator(seed: 7)
            var program: [UInt8] = []
            while program.count < 8_300_000 {
                withUnsafeBytes(of: generator.next()) { program.append(contentsOf: $0) }
            }
            var tar = SampleTar()
            tar.add("manifest.json", PackagePackingTests.manifest)
            tar.add(Array("data.bin".utf8), program)
            let record = try await fixture.install(try tar.packed())
            let package = try await fixture.registry.package(try #require(record.source.digest))
            #expect(package.packed.count > 8_200_000)
        }
    }

    @Test("a record that cannot be read keeps no other from being read")
    func damaged() async throws {
        try await Fixture.with { fixture in
            let record = try await fixture.install()
            let key = fixture.registry.keys.registry
            for (index, text) in ["", "{", "[]", "{}", #"{"etag":1}"#, "\u{0}"].enumerated() {
                _ = try await fixture.redis.send(RedisCommand("HSET", key, "bad\(index)", text))
            }
            #expect(try await fixture.registry.records() == [record])
            let failure = try await Fixture.failure {
                _ = try await fixture.registry.record(named: .sample("bad1"))
            }
            #expect(failure.code == .damaged)
        }
    }

    @Test("as many plugins as may be, and not one more")
    func bounded() async throws {
        try await Fixture.with { fixture in
            var fields: [any RedisArgument] = [fixture.registry.keys.registry]
            for index in 0..<199 { fields += ["other\(index)", "{}"] }
            _ = try await fixture.redis.send(RedisCommand("HSET", arguments: fields))
            try await fixture.install()
            let failure = try await Fixture.failure { try await fixture.install(Fixture.package(name: "one-more")) }
            #expect(failure.code == .tooMany)
        }
    }

    @Test("the log keeps the last 500 lines, cut, made plain, without secrets, and only of what is installed")
    func logs() async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            try await registry.append(["early"], toLogOf: Fixture.weather)
            try await fixture.install()
            #expect(try await registry.logTail(of: Fixture.weather) == [])
            try await registry.append((0..<700).map { "line \($0)" }, toLogOf: Fixture.weather)
            try await registry.append([], toLogOf: Fixture.weather)
            let all = try await registry.logTail(of: Fixture.weather)
            #expect(all.count == 500)
            #expect(all.first == "line 200")
            try await registry.append(
                [String(repeating: "天", count: 400), "\u{1B}[2Jkey=PLANTED\tand more\r"],
                toLogOf: Fixture.weather,
                hiding: [Secret("PLANTED"), Secret("")]
            )
            let last = try await registry.logTail(of: Fixture.weather, count: 2)
            #expect(last == [String(repeating: "天", count: 333), "[2Jkey=***\tand more"])
            #expect(try await registry.logTail(of: Fixture.weather, count: 0) == [])
            #expect(try await registry.logTail(of: Fixture.weather).count == 500)
        }
    }

    @Test("what a worker said counts for 30 seconds, is forgotten after 5 minutes, and goes with the plugin")
    func standings() async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            let record = try await fixture.install()
            func say(_ worker: String, _ state: PluginStanding.State, at: Int64) async throws -> PluginStanding {
                let detail = state == .failed ? "it ended" : nil
                let standing = PluginStanding(
                    worker: worker,
                    state: state,
                    generation: record.generation,
                    at: at,
                    detail: detail
                )
                try await registry.report(standing, of: record.name)
                return standing
            }
            _ = try await say("a", .starting, at: 1_000_000)
            let second = try await say("b", .failed, at: 1_029_000)
            let first = try await say("a", .healthy, at: 1_001_000)
            fixture.time.withLockedValue { $0 = 1_030_500 }
            #expect(try await registry.standings(of: record.name) == [first, second])
            #expect(try await registry.phase(of: record) == .active)
            fixture.time.withLockedValue { $0 = 1_031_000 }
            #expect(try await registry.standings(of: record.name) == [second])
            #expect(try await registry.phase(of: record) == .failing)
            _ = try await say("c", .healthy, at: 1_301_001)
            let names = try await fixture.redis.send(RedisCommand("HKEYS", registry.keys.standing(record.name)))
            #expect((names.array ?? []).compactMap(\.string).sorted() == ["b", "c"])
            _ = try await fixture.operations.uninstall(record.name)
            _ = try await say("c", .healthy, at: 1_301_002)
            #expect(try await registry.standings(of: record.name) == [])
        }
    }
}
