package import JSON

extension PluginRecord {
    /// What people and the audit log see of it: no secret, sealed or not.
    ///
    /// - Parameter language: `en` for English; otherwise Chinese.
    /// - Returns: Name, version, description, source, whether it is enabled, permissions, configuration with `***` for
    ///   secrets, times in milliseconds, and the last problem.
    package func view(language: String) -> JSONObject {
        let description = language == "en" ? manifest.englishDescription : manifest.chineseDescription
        var view: JSONObject = [
            "name": .string(name.rawValue), "version": .string(version.description),
            "description": .string(description), "source": source.json, "enabled": .bool(isEnabled),
            "permissions": .array(manifest.permissions.map(\.rawValue).sorted().map { .string($0) }),
            "configuration": .object(release.configuration.shown), "installed_at": .integer(installedAt),
            "changed_at": .integer(changedAt),
        ]
        view["previous_version"] = previous.map { .string($0.manifest.version.description) }
        view["problem"] = lastProblem.map { .string($0) }
        return view
    }
}
