package import Cryptography
package import JSON
package import Logging
package import Redis

/// The plugins that are installed: in Redis, so that every program sees the same, with secrets sealed.
///
/// A change is one script that compares the record's etag; a reader looks at `revision()` and reads the records again
/// where it has risen.
package struct PluginRegistry: Sendable {
    /// How many there may be.
    package static let mostPlugins = 200

    let redis: RedisClient
    let sealing: SealingKey?
    let logger: Logger
    let now: @Sendable () -> Int64
    var keys: PluginKeys { PluginKeys(redis: redis) }

    /// - Parameters:
    ///   - redis: Where they are kept.
    ///   - sealing: Seals the secrets of configurations; without one, only plugins without secrets can be installed.
    ///   - logger: Told of records that cannot be read.
    ///   - now: Unix time in milliseconds.
    package init(redis: RedisClient, sealing: SealingKey?, logger: Logger, now: @escaping @Sendable () -> Int64) {
        self.redis = redis
        self.sealing = sealing
        self.logger = logger
        self.now = now
    }

    // MARK: Reading

    /// A number that every change raises; 0 before the first. One round trip.
    ///
    /// - Throws: `.unavailable`.
    package func revision() async throws(PluginRegistryError) -> Int64 {
        try await ask { () async throws(RedisError) in try await redis.send(RedisCommand("GET", keys.revision)) }
            .integer
            ?? 0
    }

    /// All of them by name. One that cannot be read is left out and logged: it keeps no other from working.
    ///
    /// - Throws: `.unavailable`.
    package func records() async throws(PluginRegistryError) -> [PluginRecord] {
        let reply = try await ask { () async throws(RedisError) in
            try await redis.send(RedisCommand("HVALS", keys.registry))
        }
        var records: [PluginRecord] = []
        for value in reply.array ?? [] {
            do {
                records.append(try PluginRecord(JSONValue(parsing: value.bytes ?? [])))
            } catch {
                logger.error("the record of a plugin cannot be read", metadata: ["error": "\(error)"])
            }
        }
        return records.sorted { $0.name < $1.name }
    }

    /// One of them; nil where it is not installed.
    ///
    /// - Throws: `.unavailable`, `.damaged`.
    package func record(named name: PluginName) async throws(PluginRegistryError) -> PluginRecord? {
        let reply = try await ask { () async throws(RedisError) in
            try await redis.send(RedisCommand("HGET", keys.registry, name.rawValue))
        }
        guard let bytes = reply.bytes else { return nil }
        guard let json = try? JSONValue(parsing: bytes), let record = try? PluginRecord(json) else {
            throw .damaged("the record of \(name)")
        }
        return record
    }

    // MARK: Secrets

    /// The whole configuration of a release with its secrets, and the schema's defaults for what is absent.
    ///
    /// - Parameter release: The record's own, or its previous one.
    /// - Returns: What a plugin with the permission for secrets is given.
    /// - Throws: `.noKey`, `.wrongKey`.
    package func configuration(of release: PluginRelease) throws(PluginRegistryError) -> JSONObject {
        let whole = try release.configuration.opened(for: release.manifest.name, key: sealing)
        return Self.schema(of: release).map { $0.withDefaults(whole) } ?? whole
    }

    /// The configuration for a plugin without that permission: defaults filled in, secrets left out.
    package func openConfiguration(of release: PluginRelease) -> JSONObject {
        // Separated again, as defaults may stand for secrets.
        guard let schema = Self.schema(of: release) else { return [:] }
        return ConfigurationSchema.separated(schema.withDefaults(release.configuration.open), by: schema).open
    }

    /// What calls of a service are signed with; nil for other kinds.
    ///
    /// - Throws: `.noKey`, `.wrongKey`.
    package func serviceSecret(of release: PluginRelease) throws(PluginRegistryError) -> Secret? {
        guard let sealed = release.sealedServiceSecret else { return nil }
        guard let sealing else { throw .noKey }
        let name = release.manifest.name
        guard let bytes = try? sealing.open(sealed, context: Self.serviceContext(name)),
            let text = String(validating: bytes, as: UTF8.self)
        else { throw .wrongKey(name) }
        return Secret(text)
    }

    func seal(serviceSecret: Secret, of name: PluginName) throws(PluginRegistryError) -> String {
        guard let sealing else { throw .noKey }
        do throws(CryptographyError) {
            return try sealing.seal(Array(serviceSecret.value.utf8), context: Self.serviceContext(name))
        } catch {
            throw PluginRegistryError(.invalid, "the secret cannot be encrypted: \(error)")
        }
    }

    private static func serviceContext(_ name: PluginName) -> String { "plugins:\(name):service" }

    /// A stored schema was checked when it was stored.
    static func schema(of release: PluginRelease) -> ConfigurationSchema? {
        release.schema.flatMap { try? ConfigurationSchema($0) }
    }

    // MARK: Redis

    /// What Redis says, or that it cannot be asked now.
    func ask<Value>(
        _ question: () async throws(RedisError) -> Value
    ) async throws(PluginRegistryError) -> Value {
        do throws(RedisError) {
            return try await question()
        } catch {
            throw PluginRegistryError(.unavailable, "Redis did not answer as it should: \(error)")
        }
    }
}
