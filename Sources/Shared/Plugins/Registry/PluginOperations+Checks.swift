import Cryptography
import JSON

extension PluginOperations {
    /// What an origin has to offer.
    ///
    /// - Parameters:
    ///   - origin: Where it comes from.
    ///   - name: What the catalogue is asked for.
    ///   - known: The secret of a service that has one already.
    /// - Returns: What may be installed.
    /// - Throws: `.unknown`, `.unknownVersion`, `.invalid`, `.refusedPackage`, `.noKey`, `.unreachable`.
    func candidate(
        _ origin: PluginOrigin,
        name: PluginName?,
        secret known: Secret?
    ) async throws(PluginRegistryError) -> PluginCandidate {
        switch origin {
        case .catalogue(let version):
            guard let name else {
                throw .invalid([ContractProblem("/name", "expected the name of a plugin")], of: "the request")
            }
            return try PluginCandidate(try catalogue.entry(name, version))
        case .package(let bytes, let digest):
            let package: PluginPackage
            do throws(PackageRefusal) {
                package = try PluginPackage(packed: bytes, expectedDigest: digest)
            } catch {
                throw .refused(error)
            }
            return try PluginCandidate(package)
        case .service(let url, let given):
            try Self.check(url)
            // Before the service is asked, as its secret could not be kept.
            guard registry.sealing != nil else { throw .noKey }
            let secret = given ?? known ?? Secret(Hex.encode(RandomBytes.generate(count: 32)))
            guard secret.value.utf8.count >= 16, secret.value.utf8.count <= 1_024 else {
                throw .invalid([ContractProblem("/secret", "expected 16 to 1024 bytes")], of: "the request")
            }
            let answers: (manifest: JSONValue, schema: JSONValue)
            do {
                answers = try await examiner.examine(url: url, secret: secret)
            } catch {
                throw PluginRegistryError(.unreachable, "the service does not answer as a plugin does: \(error)")
            }
            let isMade = given == nil && known == nil
            return try PluginCandidate(url: url, secret: secret, isSecretMade: isMade, answers: answers)
        }
    }

    /// A URL is kept and shown, so there must be no secret in it.
    private static func check(_ url: String) throws(PluginRegistryError) {
        let isPlain = url.utf8.count <= 2_048 && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        let isWeb = url.hasPrefix("https://") || url.hasPrefix("http://")
        guard isPlain, isWeb, !url.contains("@"), !url.contains("?"), !url.contains("#") else {
            let problem = ContractProblem(
                "/url",
                "expected http:// or https://, a host and at most a path, without a user, a query or a fragment"
            )
            throw .invalid([problem], of: "the request")
        }
    }

    /// What is wrong with the configuration of one that is about to be installed.
    func problems(in configuration: JSONObject, of candidate: PluginCandidate) -> [ContractProblem] {
        Self.problems(in: configuration, schema: candidate.schema)
    }

    /// What is wrong with a configuration; pointers lead into it.
    static func problems(in configuration: JSONObject, schema: ConfigurationSchema?) -> [ContractProblem] {
        guard JSONValue.object(configuration).bytes.count <= PluginConfiguration.maximumBytes else {
            return [ContractProblem("", "is larger than \(PluginConfiguration.maximumBytes) bytes")]
        }
        return schema?.problems(in: configuration) ?? []
    }

    /// The release that a candidate becomes with a configuration.
    func release(
        _ candidate: PluginCandidate,
        configuration: JSONObject
    ) throws(PluginRegistryError) -> PluginRelease {
        let name = candidate.manifest.name
        return PluginRelease(
            manifest: candidate.manifest,
            source: candidate.source,
            schema: candidate.document,
            configuration: try PluginConfiguration(
                sealing: configuration,
                schema: candidate.schema,
                name: name,
                key: registry.sealing
            ),
            sealedServiceSecret: try candidate.serviceSecret.map { secret throws(PluginRegistryError) in
                try registry.seal(serviceSecret: secret, of: name)
            }
        )
    }

    /// A configuration in which secrets that were sent back as they are shown are the old ones again.
    func restoring(
        _ old: JSONObject,
        in new: JSONObject,
        by schema: ConfigurationSchema?
    ) throws(PluginRegistryError) -> JSONObject {
        let (open, secrets) = ConfigurationSchema.separated(new, by: schema)
        let known = ConfigurationSchema.separated(old, by: schema).secrets
        var problems: [ContractProblem] = []
        let restored = secrets.map { secret in
            guard secret.value.string == PluginConfiguration.mask else { return secret }
            guard let value = known.first(where: { $0.pointer == secret.pointer })?.value else {
                problems.append(ContractProblem(secret.pointer, "expected the secret itself"))
                return secret
            }
            return (pointer: secret.pointer, value: value)
        }
        guard problems.isEmpty else { throw .invalid(problems, of: "the configuration") }
        return ConfigurationSchema.inserting(restored, into: open)
    }

    /// The record as it is, if it is still the one that was read.
    func current(_ name: PluginName, _ etag: Int64?) async throws(PluginRegistryError) -> PluginRecord {
        guard let record = try await registry.record(named: name) else { throw .unknown(name) }
        guard etag == nil || etag == record.etag else {
            throw PluginRegistryError(.conflict, "\(name) was changed by another meanwhile: read it again")
        }
        return record
    }

    /// Changes a record; without an etag again and again until no other change came between.
    func change(
        _ name: PluginName,
        _ etag: Int64?,
        generation: PluginRegistry.Generation,
        _ change: (PluginRecord) throws(PluginRegistryError) -> PluginRecord
    ) async throws(PluginRegistryError) -> PluginChange {
        while true {
            let record = try await current(name, etag)
            do {
                let stored = try await registry.replace(record, with: change(record), generation: generation)
                return PluginChange(before: record, after: stored)
            } catch  where error.code == .conflict && etag == nil {
                continue
            }
        }
    }
}
