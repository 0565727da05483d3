import JSON

/// An installed plugin as the registry has it.
package struct PluginRecord: Sendable, Equatable {
    /// Raised with every change: what a writer says it has read.
    package let etag: Int64
    /// Raised with every change of what runs (version, files, configuration), and not by being enabled or confirmed.
    package let generation: Int64
    package let release: PluginRelease
    /// While an upgrade has not been found healthy: what it goes back to.
    package let previous: PluginRelease?
    package let isEnabled: Bool
    /// Unix time in milliseconds.
    package let installedAt: Int64
    /// Unix time in milliseconds.
    package let changedAt: Int64
    /// Why an upgrade was taken back; nil once something was changed after that.
    package let lastProblem: String?

    package var name: PluginName { release.manifest.name }
    package var version: SemanticVersion { release.manifest.version }
    package var manifest: PluginManifest { release.manifest }
    package var source: PluginSource { release.source }
    /// Whether an upgrade waits to be found healthy.
    package var isUpgrading: Bool { previous != nil }

    /// The digests of the packages that it needs, each once.
    var digests: [String] {
        let digests = [release.source.digest, previous?.source.digest].compactMap { $0 }
        return digests.count == 2 && digests[0] == digests[1] ? [digests[0]] : digests
    }

    /// For a record that is not stored yet: its numbers are given when it is.
    init(
        etag: Int64 = 0,
        generation: Int64 = 0,
        release: PluginRelease,
        previous: PluginRelease? = nil,
        isEnabled: Bool,
        installedAt: Int64,
        changedAt: Int64,
        lastProblem: String? = nil
    ) {
        self.etag = etag
        self.generation = generation
        self.release = release
        self.previous = previous
        self.isEnabled = isEnabled
        self.installedAt = installedAt
        self.changedAt = changedAt
        self.lastProblem = lastProblem
    }

    /// Reads a stored record.
    ///
    /// - Throws: What is not as it was written.
    init(_ json: JSONValue) throws(ContractProblems) {
        guard let etag = json["etag"]?.integer, let generation = json["generation"]?.integer,
            let isEnabled = json["enabled"]?.bool, let installedAt = json["installed_at"]?.integer,
            let changedAt = json["changed_at"]?.integer
        else { throw ContractProblems([ContractProblem("", "expected the record of a plugin")]) }
        self.init(
            etag: etag,
            generation: generation,
            release: try PluginRelease(json["release"] ?? .null),
            previous: try json["previous"].map { value throws(ContractProblems) in try PluginRelease(value) },
            isEnabled: isEnabled,
            installedAt: installedAt,
            changedAt: changedAt,
            lastProblem: json["problem"]?.string
        )
    }

    /// As it is stored, but for the numbers that the script gives it.
    var json: JSONObject {
        var json: JSONObject = [
            "enabled": .bool(isEnabled), "installed_at": .integer(installedAt), "changed_at": .integer(changedAt),
            "release": release.json,
        ]
        json["previous"] = previous?.json
        json["problem"] = lastProblem.map { .string($0) }
        return json
    }

    /// The same with the numbers that it was stored with.
    func stored(etag: Int64, generation: Int64) -> PluginRecord {
        PluginRecord(
            etag: etag,
            generation: generation,
            release: release,
            previous: previous,
            isEnabled: isEnabled,
            installedAt: installedAt,
            changedAt: changedAt,
            lastProblem: lastProblem
        )
    }

    /// A changed record in the place of this one.
    func changed(
        release: PluginRelease,
        previous: PluginRelease?,
        isEnabled: Bool,
        at time: Int64,
        problem: String? = nil
    ) -> PluginRecord {
        PluginRecord(
            etag: etag,
            generation: generation,
            release: release,
            previous: previous,
            isEnabled: isEnabled,
            installedAt: installedAt,
            changedAt: time,
            lastProblem: problem
        )
    }
}
