import Cryptography
import JSON
import NIOConcurrencyHelpers
import Testing

@testable import Plugins

@Suite("What operators do with plugins")
struct RegistryOperationsTests {
    typealias Fixture = RegistryFixture

    static let appConfiguration: JSONObject = ["app_id": "cli_a1b2c3", "app_secret": "PLANTED"]

    // MARK: Installing

    @Test("a plugin of the catalogue is installed by name and version, and is active at once")
    func catalogue() async throws {
        try await Fixture.with { fixture in
            let request = PluginInstallation(
                name: .sample("feishu-adapter"),
                version: SemanticVersion("1.2.0"),
                origin: .catalogue(version: SemanticVersion("1.2.0")),
                configuration: Self.appConfiguration
            )
            let record = try await fixture.operations.install(request).after.unwrapped()
            #expect(record.source == .builtIn)
            #expect(try await fixture.registry.phase(of: record) == .active)
            #expect(try fixture.registry.configuration(of: record.release) == Self.appConfiguration)
            let again = try await Fixture.failure { _ = try await fixture.operations.install(request) }
            #expect(again.code == .exists)
        }
    }

    @Test("what the catalogue does not have is refused with what it has")
    func notInCatalogue() async throws {
        try await Fixture.with { fixture in
            func failure(_ name: String?, _ version: String?) async throws -> PluginRegistryError {
                try await Fixture.failure {
                    let origin = PluginOrigin.catalogue(version: version.flatMap { SemanticVersion($0) })
                    let request = PluginInstallation(name: name.flatMap { PluginName($0) }, origin: origin)
                    _ = try await fixture.operations.install(request)
                }
            }
            let unknown = try await failure("weather", nil)
            #expect(unknown.code == .unknown)
            #expect(unknown.description.contains("feishu-adapter"))
            let version = try await failure("feishu-adapter", "9.0.0")
            #expect(version.code == .unknownVersion)
            #expect(version.description.contains("1.2.0"))
            #expect(try await failure(nil, nil).problems.map(\.pointer) == ["/name"])
            #expect(try await fixture.registry.revision() == 0)
        }
    }

    @Test("every problem is named at once, with its pointer, and nothing is installed")
    func problems() async throws {
        try await Fixture.with { fixture in
            let request = PluginInstallation(
                name: .sample("other"),
                version: SemanticVersion("9.9.9"),
                origin: .package(try Fixture.package(), digest: nil),
                configuration: ["city": 1, "apikey": "PLANTED"]
            )
            let failure = try await Fixture.failure { _ = try await fixture.operations.install(request) }
            #expect(failure.code == .invalid)
            #expect(Set(failure.problems.map(\.pointer)) == ["/name", "/version", "/city", "/apikey"])
            // The member was misspelt: it was meant to be a secret.
            #expect(!failure.description.contains("PLANTED"))
            #expect(try await fixture.registry.records() == [])
            let large: JSONObject = ["city": .string(String(repeating: "x", count: 70_000))]
            let tooLarge = try await Fixture.failure {
                try await fixture.install(configuration: large)
            }
            #expect(tooLarge.problems.map(\.pointer) == [""])
        }
    }

    @Test("an archive with another digest, or one that leads out, is refused by name")
    func refused() async throws {
        try await Fixture.with { fixture in
            let digest = "sha256:" + String(repeating: "a", count: 64)
            let wrong = PluginInstallation(name: nil, origin: .package(try Fixture.package(), digest: digest))
            let failure = try await Fixture.failure { _ = try await fixture.operations.install(wrong) }
            #expect(failure.code == .refusedPackage)
            #expect(failure.refusal?.code == .wrongDigest)
            var tar = SampleTar()
            tar.add("../../etc/cron.d/x", "* * * * * root sh")
            let escaping = PluginInstallation(name: nil, origin: .package(try tar.packed(), digest: nil))
            let second = try await Fixture.failure { _ = try await fixture.operations.install(escaping) }
            #expect(second.refusal?.code == .escapes)
            #expect(second.description.contains("../../etc/cron.d/x"))
        }
    }

    @Test("a service says what it is; its secret is made where none is given, and shown once")
    func services() async throws {
        try await Fixture.with { fixture in
            let url = "https://plugins.example/weather"
            let manifest: JSONValue = ["contract_version": 1, "name": "weather", "version": "1.0.0"]
            fixture.services.withLockedValue { $0[url] = (manifest, Fixture.schema) }
            func install(_ url: String, _ secret: String? = nil) async throws -> PluginChange {
                let origin = PluginOrigin.service(url: url, secret: secret.map { Secret($0) })
                return try await fixture.operations.install(PluginInstallation(name: nil, origin: origin))
            }
            let change = try await install(url)
            let record = try change.after.unwrapped()
            #expect(change.madeSecret?.value.count == 64)
            #expect(try fixture.registry.serviceSecret(of: record.release) == change.madeSecret)
            #expect(try await fixture.registry.phase(of: record) == .active)
            _ = try await fixture.operations.uninstall(record.name)
            let given = try await install(url, "0123456789abcdef-given")
            #expect(given.madeSecret == nil)
            let moved = "https://plugins.example/moved"
            fixture.services.withLockedValue { $0[moved] = (manifest, Fixture.schema) }
            let upgrade = PluginUpgrade(origin: .service(url: moved, secret: nil))
            let after = try await fixture.operations.upgrade(record.name, upgrade).after.unwrapped()
            #expect(after.source == .service(url: moved))
            #expect(after.previous == nil)
            #expect(try fixture.registry.serviceSecret(of: after.release)?.value == "0123456789abcdef-given")
            _ = try await fixture.operations.uninstall(record.name)
            let absent = try await Fixture.failure { _ = try await install("https://plugins.example/absent") }
            #expect(absent.code == .unreachable)
            for bad in ["ftp://a", "https://me:PLANTED@a", "https://a/?token=PLANTED", "https://a b", "weather", ""] {
                let failure = try await Fixture.failure { _ = try await install(bad) }
                #expect(failure.problems.map(\.pointer) == ["/url"])
                #expect(!failure.description.contains("PLANTED"))
            }
            let short = try await Fixture.failure { _ = try await install(url, "short") }
            #expect(short.problems.map(\.pointer) == ["/secret"])
            let withCommand: JSONValue = [
                "contract_version": 1, "name": "weather", "version": "1.0.0", "command": ["sh"],
            ]
            for answer in [withCommand, [:], "weather"] as [JSONValue] {
                fixture.services.withLockedValue { $0[url] = (answer, Fixture.schema) }
                #expect(try await Fixture.failure { _ = try await install(url) }.code == .invalid)
            }
            fixture.services.withLockedValue { $0[url] = (manifest, ["type": "nonsense"]) }
            #expect(try await Fixture.failure { _ = try await install(url) }.problems.map(\.pointer) == ["/type"])
            #expect(try await fixture.registry.records() == [])
        }
    }

    // MARK: Configuring

    @Test("only what is named changes; null removes; secrets stay, also where they come back as they are shown")
    func configures() async throws {
        try await Fixture.with { fixture in
            let first = try await fixture.install(configuration: ["city": "北京", "api_key": "PLANTED", "days": 5])
            func configure(_ patch: JSONObject) async throws -> JSONObject {
                let change = try await fixture.operations.configure(first.name, patch: patch)
                return try fixture.registry.configuration(of: try change.after.unwrapped().release)
            }
            #expect(try await configure(["city": "上海"]) == ["city": "上海", "days": 5, "api_key": "PLANTED"])
            #expect(try await configure(["days": nil]) == ["city": "上海", "api_key": "PLANTED", "days": 3])
            #expect(try await configure(["api_key": "***"])["api_key"] == "PLANTED")
            #expect(try await configure(["api_key": "NEW"])["api_key"] == "NEW")
            #expect(try await configure(["api_key": nil])["api_key"] == nil)
            let mask = try await Fixture.failure { _ = try await configure(["api_key": "***"]) }
            #expect(mask.problems.map(\.pointer) == ["/api_key"])
            let wrong = try await Fixture.failure { _ = try await configure(["api_key": ["PLANTED": 7]]) }
            #expect(wrong.problems.map(\.pointer) == ["/api_key"])
            #expect(!wrong.description.contains("PLANTED"))
            let unknown = try await Fixture.failure {
                _ = try await fixture.operations.configure(.sample("absent"), patch: [:])
            }
            #expect(unknown.code == .unknown)
        }
    }

    @Test("a merge patch does what RFC 7396 shows")
    func mergePatch() throws {
        let cases: [(JSONObject, JSONObject, JSONObject)] = [
            (["a": "b"], ["a": "c"], ["a": "c"]), (["a": "b"], ["b": "c"], ["a": "b", "b": "c"]),
            (["a": "b"], ["a": nil], [:]), (["a": "b", "b": "c"], ["a": nil], ["b": "c"]),
            (["a": ["b"]], ["a": "c"], ["a": "c"]), (["a": "c"], ["a": ["b"]], ["a": ["b"]]),
            (["a": ["b": "c"]], ["a": ["b": "d", "c": nil]], ["a": ["b": "d"]]),
            (["a": [["b": "c"]]], ["a": [1]], ["a": [1]]), (["e": nil], ["a": 1], ["e": nil, "a": 1]),
            ([:], ["a": ["bb": ["ccc": nil]]], ["a": ["bb": [:]]]),
        ]
        for (target, patch, result) in cases { #expect(target.merging(patch) == result) }
    }

    @Test("enabling and disabling keep what runs the same; a change of the configuration does not")
    func generations() async throws {
        try await Fixture.with { fixture in
            let record = try await fixture.install()
            let disabled = try await fixture.operations.disable(record.name, etag: record.etag).after.unwrapped()
            #expect(!disabled.isEnabled)
            #expect(try await fixture.registry.phase(of: disabled) == .disabled)
            let enabled = try await fixture.operations.enable(record.name).after.unwrapped()
            #expect(enabled.isEnabled)
            #expect(enabled.generation == record.generation)
            #expect(enabled.etag == 3)
            let configured = try await fixture.operations.configure(record.name, patch: ["city": "x"])
            #expect(configured.before == enabled)
            #expect(configured.after?.generation == 4)
        }
    }

    @Test("defaults are filled in where the plugin is given its configuration, and secrets left out where it may not")
    func given() async throws {
        try await Fixture.with { fixture in
            let record = try await fixture.install(configuration: ["api_key": "PLANTED"])
            #expect(record.release.configuration.open == [:])
            #expect(record.release.configuration.secretPointers == ["/api_key"])
            #expect(try fixture.registry.configuration(of: record.release) == ["api_key": "PLANTED", "days": 3])
            #expect(fixture.registry.openConfiguration(of: record.release) == ["days": 3])
        }
    }

    // MARK: Looking

    @Test("a view has the words of its language and no secret, sealed or not")
    func views() async throws {
        try await Fixture.with { fixture in
            let more: JSONObject = ["description": ["zh-CN": "查询天气", "en": "Tells the weather"]]
            let record = try await fixture.install(
                try Fixture.package(more: more),
                configuration: ["city": "北京", "api_key": "PLANTED"]
            )
            let english = record.view(language: "en")
            #expect(english["description"] == "Tells the weather")
            #expect(record.view(language: "zh-CN")["description"] == "查询天气")
            #expect(english["configuration"] == ["city": "北京", "api_key": "***"])
            #expect(english["permissions"] == ["message.text"])
            let sealed = try #require(record.release.configuration.sealedSecrets)
            #expect(!JSONValue.object(english).text.contains(sealed))
            #expect(!JSONValue.object(english).text.contains("PLANTED"))
        }
    }

    @Test("the catalogue's schemas are schemas, and refuse an app id that is none")
    func ownSchemas() throws {
        for entry in try PluginCatalogue.builtIn().entries {
            let schema = try ConfigurationSchema(entry.schema)
            #expect(schema.problems(in: Self.appConfiguration).isEmpty)
            #expect(schema.problems(in: ["app_id": "a1", "app_secret": "s"]).map(\.pointer) == ["/app_id"])
            #expect(ConfigurationSchema.separated(Self.appConfiguration, by: schema).open == ["app_id": "cli_a1b2c3"])
        }
    }
}
