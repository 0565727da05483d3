package import JSON

/// What a plugin says of itself (`GET /manifest`, `manifest.json`), version 1 of the contract.
package struct PluginManifest: Sendable, Equatable {
    /// The version of the contract that we speak.
    package static let contractVersion: Int64 = 1

    package let name: PluginName
    package let version: SemanticVersion
    /// In Chinese; where it has none, the English one, and where there is neither, the name.
    package let chineseDescription: String
    /// In English; where it has none, the Chinese one, and where there is neither, the name.
    package let englishDescription: String
    /// Program and arguments of one that is files; empty for a service.
    package let command: [String]
    package let permissions: Set<PluginPermission>
    package let triggers: [PluginTrigger]
    /// Of one call.
    package let timeout: Duration
    /// Calls at once, for each process that calls it.
    package let concurrency: Int
    /// Whether a call that failed on the way may be repeated.
    package let isIdempotent: Bool
    /// Whether a person is asked before it is called.
    package let isSensitive: Bool
    /// Of one process.
    package let memoryBytes: Int
    package let migrations: [ConfigurationMigration]
    /// The document that it was read from.
    package let document: JSONObject

    /// Reads a manifest; members that are not known are ignored.
    ///
    /// - Parameter document: The whole document.
    /// - Throws: All that is wrong with it, each with its place.
    package init(_ document: JSONValue) throws(ContractProblems) {
        var reader = ManifestReader(document)
        let manifest = reader.read()
        guard let manifest, reader.problems.isEmpty else { throw ContractProblems(reader.problems) }
        self = manifest
    }

    init(
        name: PluginName,
        version: SemanticVersion,
        chineseDescription: String,
        englishDescription: String,
        command: [String],
        permissions: Set<PluginPermission>,
        triggers: [PluginTrigger],
        timeout: Duration,
        concurrency: Int,
        isIdempotent: Bool,
        isSensitive: Bool,
        memoryBytes: Int,
        migrations: [ConfigurationMigration],
        document: JSONObject
    ) {
        self.name = name
        self.version = version
        self.chineseDescription = chineseDescription
        self.englishDescription = englishDescription
        self.command = command
        self.permissions = permissions
        self.triggers = triggers
        self.timeout = timeout
        self.concurrency = concurrency
        self.isIdempotent = isIdempotent
        self.isSensitive = isSensitive
        self.memoryBytes = memoryBytes
        self.migrations = migrations
        self.document = document
    }

    /// The tools that it offers to models.
    package var tools: [PluginTool] {
        triggers.compactMap { if case .tool(let tool) = $0 { tool } else { nil } }
    }
}
