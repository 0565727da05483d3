import Cryptography
import JSON
import Logging
import NIOConcurrencyHelpers
import Redis
import TestSupport

@testable import Plugins

/// A registry in a Redis of its own, and what operators do with it.
struct RegistryFixture: PluginExaminer {
    static let keyText = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    static let weather = PluginName.sample("weather")

    let redis: RedisClient
    let registry: PluginRegistry
    /// Unix time in milliseconds, as the test sets it.
    let time: NIOLockedValueBox<Int64>
    /// What services answer, by URL.
    let services = NIOLockedValueBox<[String: (manifest: JSONValue, schema: JSONValue)]>([:])
    var operations: PluginOperations {
        get throws {
            PluginOperations(registry: registry, catalogue: try .builtIn(), examiner: self)
        }
    }

    /// No service there.
    struct NoService: Error, CustomStringConvertible { let description = "connection refused" }

    func examine(url: String, secret: Secret) async throws -> (manifest: JSONValue, schema: JSONValue) {
        guard let answers = services.withLockedValue({ $0[url] }) else { throw NoService() }
        return answers
    }

    /// Runs a test.
    static func with(
        key: String? = keyText,
        prefix: String = "",
        _ body: (RegistryFixture) async throws -> Void
    ) async throws {
        try await RedisServer.with { server in
            var configuration = try RedisConfiguration(url: server.url)
            configuration.keyPrefix = prefix
            let redis = try RedisClient(configuration: configuration, logger: Logger(label: "test"))
            defer { redis.close() }
            try await body(try RegistryFixture(redis: redis, key: key))
        }
    }

    init(redis: RedisClient, key: String?) throws {
        let time = NIOLockedValueBox<Int64>(1_000_000)
        self.redis = redis
        self.time = time
        registry = PluginRegistry(
            redis: redis,
            sealing: try key.map { try SealingKey(Secret($0)) },
            logger: Logger(label: "test"),
            now: { time.withLockedValue { $0 } }
        )
    }

    /// The same Redis, with another key.
    func rekeyed(_ key: String?) throws -> RegistryFixture { try RegistryFixture(redis: redis, key: key) }

    // MARK: Samples

    static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "city": ["type": "string"], "days": ["type": "integer", "default": 3],
            "api_key": ["type": "string", "writeOnly": true], "old_key": ["type": "string", "writeOnly": true],
        ],
        "additionalProperties": false,
    ]

    /// The tar.gz of a plugin.
    static func package(
        name: String = "weather",
        version: String = "1.0.0",
        program: String = "pass",
        schema: JSONValue? = schema,
        more: JSONObject = [:]
    ) throws -> [UInt8] {
        var manifest: JSONObject = [
            "contract_version": 1, "name": .string(name), "version": .string(version),
            "command": ["python3", "weather.py"],
        ]
        for member in more.members { manifest[member.key] = member.value }
        var tar = SampleTar()
        tar.add("manifest.json", JSONValue.object(manifest).text)
        if let schema { tar.add("config_schema.json", schema.text) }
        tar.add("weather.py", program)
        return try tar.packed()
    }

    /// Installs a version of a plugin that is files.
    @discardableResult
    func install(
        _ package: [UInt8]? = nil,
        configuration: JSONObject = [:]
    ) async throws -> PluginRecord {
        let package = try package ?? Self.package()
        let request = PluginInstallation(
            name: nil,
            origin: .package(package, digest: nil),
            configuration: configuration
        )
        return try await operations.install(request).after.unwrapped()
    }

    /// The error of something that has to fail.
    static func failure(_ body: () async throws -> Void) async throws -> PluginRegistryError {
        do {
            try await body()
        } catch {
            guard let error = error as? PluginRegistryError else { throw error }
            return error
        }
        throw NothingFailed()
    }

    struct NothingFailed: Error {}
}

extension PluginName {
    /// A name that is one.
    static func sample(_ text: String) -> PluginName {
        guard let name = PluginName(text) else { preconditionFailure("\(text) is a name") }
        return name
    }
}

extension Optional {
    /// What is there, or a failed test.
    func unwrapped() throws -> Wrapped {
        guard let value = self else { throw RegistryFixture.NothingFailed() }
        return value
    }
}
