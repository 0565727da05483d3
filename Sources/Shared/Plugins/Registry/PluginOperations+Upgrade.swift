import JSON

extension PluginOperations {
    /// Puts another version in the place of the one that is installed, with its configuration migrated.
    ///
    /// One that is files waits to be found healthy by a worker; until then the one before it is kept, and answers. An
    /// upgrade during an upgrade keeps the one that was healthy last.
    ///
    /// - Parameters:
    ///   - name: The plugin.
    ///   - request: The other version.
    ///   - etag: Of the record that was read; nil for any.
    /// - Returns: The record before and after.
    /// - Throws: `.unknown`, `.downgrade`, `.sameVersion`, `.unchanged`, `.conflict`, and as `install`.
    package func upgrade(
        _ name: PluginName,
        _ request: PluginUpgrade,
        etag: Int64? = nil
    ) async throws(PluginRegistryError) -> PluginChange {
        let installed = try await current(name, etag)
        let known = try registry.serviceSecret(of: installed.release)
        let candidate = try await candidate(request.origin, name: name, secret: known)
        let problems = candidate.problems(name: name, version: request.version)
        guard problems.isEmpty else { throw .invalid(problems, of: "the plugin") }
        if let package = candidate.package { try await registry.put(package) }
        let change = try await change(name, etag, generation: .new) { record throws(PluginRegistryError) in
            try compare(candidate, with: record, allowsDowngrade: request.allowsDowngrade)
            let migrated = try migrated(record, to: candidate).merging(request.patch)
            let problems = Self.problems(in: migrated, schema: candidate.schema)
            guard problems.isEmpty else {
                throw .invalid(problems, of: "the configuration of \(name) for \(candidate.manifest.version)")
            }
            let release = try release(candidate, configuration: migrated)
            // Nobody tries one that is disabled, and only files are tried by workers.
            let isTried = record.isEnabled && candidate.package != nil
            return record.changed(
                release: release,
                previous: isTried ? record.previous ?? record.release : nil,
                isEnabled: record.isEnabled,
                at: registry.now()
            )
        }
        return PluginChange(
            before: change.before,
            after: change.after,
            madeSecret: candidate.isSecretMade ? candidate.serviceSecret : nil
        )
    }

    private func compare(
        _ candidate: PluginCandidate,
        with record: PluginRecord,
        allowsDowngrade: Bool
    ) throws(PluginRegistryError) {
        let (new, old) = (candidate.manifest.version, record.version)
        if new.description == old.description {
            if candidate.source == record.source, candidate.manifest == record.manifest,
                candidate.document == record.release.schema
            {
                throw PluginRegistryError(.unchanged, "\(record.name) \(old) is installed already")
            }
            // A service that moved, or was corrected in place, is asked anew; files of one version are always the same.
            if candidate.package != nil {
                throw PluginRegistryError(
                    .sameVersion,
                    "\(record.name) \(old) is installed with other files: give the new ones another version"
                )
            }
        }
        guard new >= old || allowsDowngrade else {
            throw PluginRegistryError(
                .downgrade,
                "\(new) is older than \(old), which is installed: say so if that is meant (--allow-downgrade)"
            )
        }
    }

    /// The whole configuration as the new version wants it: every migration that is meant for the old one, in order.
    private func migrated(
        _ record: PluginRecord,
        to candidate: PluginCandidate
    ) throws(PluginRegistryError) -> JSONObject {
        var configuration = try record.release.configuration.opened(for: record.name, key: registry.sealing)
        for migration in candidate.manifest.migrations where migration.from.contains(record.version) {
            configuration = migration.migrated(configuration)
        }
        return configuration
    }
}
