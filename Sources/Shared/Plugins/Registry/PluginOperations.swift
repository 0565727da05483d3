package import JSON

/// What operators do with plugins, the same for the command line and for the admin API.
///
/// Each operation checks everything before it changes anything, and changes in one step. Where an etag is given, it is
/// refused (`.conflict`) if the plugin was changed since; where none is, it applies to whatever is there.
package struct PluginOperations: Sendable {
    let registry: PluginRegistry
    let catalogue: PluginCatalogue
    let examiner: any PluginExaminer

    /// - Parameters:
    ///   - registry: What is installed.
    ///   - catalogue: What comes with the product.
    ///   - examiner: Asks services.
    package init(registry: PluginRegistry, catalogue: PluginCatalogue, examiner: any PluginExaminer) {
        self.registry = registry
        self.catalogue = catalogue
        self.examiner = examiner
    }

    /// Installs a plugin.
    ///
    /// - Parameter request: What, and how it is configured.
    /// - Returns: The new record.
    /// - Throws: `.exists`, `.unknown`, `.unknownVersion`, `.invalid` with every problem, `.refusedPackage`,
    ///   `.unreachable`, `.noKey`, `.tooMany`, `.unavailable`.
    package func install(_ request: PluginInstallation) async throws(PluginRegistryError) -> PluginChange {
        let candidate = try await candidate(request.origin, name: request.name, secret: nil)
        let name = candidate.manifest.name
        var problems = candidate.problems(name: request.name, version: request.version)
        problems += self.problems(in: request.configuration, of: candidate)
        guard problems.isEmpty else { throw .invalid(problems, of: "the plugin \(name) or its configuration") }
        let time = registry.now()
        let record = PluginRecord(
            release: try release(candidate, configuration: request.configuration),
            isEnabled: request.isEnabled,
            installedAt: time,
            changedAt: time
        )
        if let package = candidate.package { try await registry.put(package) }
        let stored = try await registry.add(record)
        return PluginChange(
            before: nil,
            after: stored,
            madeSecret: candidate.isSecretMade ? candidate.serviceSecret : nil
        )
    }

    /// Changes members of a configuration (RFC 7396): what the patch does not name stays, null removes. A secret that is
    /// given as `***`, as it is shown, stays too.
    ///
    /// - Parameters:
    ///   - name: The plugin.
    ///   - patch: The changes.
    ///   - etag: Of the record that was read; nil for any.
    /// - Returns: The record before and after.
    /// - Throws: `.unknown`, `.invalid`, `.conflict`, `.noKey`, `.wrongKey`, `.unavailable`.
    package func configure(
        _ name: PluginName,
        patch: JSONObject,
        etag: Int64? = nil
    ) async throws(PluginRegistryError) -> PluginChange {
        try await change(name, etag, generation: .new) { record throws(PluginRegistryError) in
            let release = record.release
            let schema = PluginRegistry.schema(of: release)
            let old = try release.configuration.opened(for: name, key: registry.sealing)
            let merged = try restoring(old, in: old.merging(patch), by: schema)
            let problems = Self.problems(in: merged, schema: schema)
            guard problems.isEmpty else { throw .invalid(problems, of: "the configuration of \(name)") }
            let configuration = try PluginConfiguration(
                sealing: merged,
                schema: schema,
                name: name,
                key: registry.sealing
            )
            return record.changed(
                release: release.configured(configuration),
                previous: record.previous,
                isEnabled: record.isEnabled,
                at: registry.now()
            )
        }
    }

    /// Lets a plugin be called again.
    ///
    /// - Returns: The record before and after.
    /// - Throws: `.unknown`, `.conflict`, `.unavailable`.
    package func enable(_ name: PluginName, etag: Int64? = nil) async throws(PluginRegistryError) -> PluginChange {
        try await set(name, isEnabled: true, etag)
    }

    /// Keeps a plugin installed and has it called no more.
    ///
    /// - Returns: The record before and after.
    /// - Throws: `.unknown`, `.conflict`, `.unavailable`.
    package func disable(_ name: PluginName, etag: Int64? = nil) async throws(PluginRegistryError) -> PluginChange {
        try await set(name, isEnabled: false, etag)
    }

    /// Removes a plugin with its configuration, its log, and its files where no other plugin has the same.
    ///
    /// - Returns: The record that was there.
    /// - Throws: `.unknown`, `.conflict`, `.unavailable`.
    package func uninstall(_ name: PluginName, etag: Int64? = nil) async throws(PluginRegistryError) -> PluginChange {
        while true {
            let record = try await current(name, etag)
            do {
                try await registry.remove(record)
                return PluginChange(before: record, after: nil)
            } catch  where error.code == .conflict && etag == nil {
                continue
            }
        }
    }

    private func set(
        _ name: PluginName,
        isEnabled: Bool,
        _ etag: Int64?
    ) async throws(PluginRegistryError) -> PluginChange {
        try await change(name, etag, generation: .kept) { record in
            record.changed(
                release: record.release,
                previous: record.previous,
                isEnabled: isEnabled,
                at: registry.now(),
                problem: record.lastProblem
            )
        }
    }
}
