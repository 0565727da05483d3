package import JSON

/// The plugins that come with the product and run in its own programs.
package struct PluginCatalogue: Sendable {
    /// One version of one of them.
    package struct Entry: Sendable {
        package let manifest: PluginManifest
        /// JSON Schema of its configuration.
        package let schema: JSONValue

        /// - Throws: What is wrong with the manifest.
        package init(manifest: JSONValue, schema: JSONValue) throws(ContractProblems) {
            self.manifest = try PluginManifest(manifest)
            self.schema = schema
        }
    }

    /// All of them, by name and the newest version first.
    package let entries: [Entry]

    package init(entries: [Entry]) {
        self.entries = entries.sorted {
            ($0.manifest.name, $1.manifest.version) < ($1.manifest.name, $0.manifest.version)
        }
    }

    /// What this version of the product has.
    ///
    /// - Throws: What is wrong with a manifest of ours; a test shows that nothing is.
    package static func builtIn() throws(ContractProblems) -> PluginCatalogue {
        PluginCatalogue(entries: [
            try Entry(manifest: FeishuAdapterPlugin.manifest, schema: FeishuAdapterPlugin.schema)
        ])
    }

    /// The version asked for, or the newest.
    ///
    /// - Parameters:
    ///   - name: Of the plugin.
    ///   - version: Nil for the newest.
    /// - Returns: The entry.
    /// - Throws: `.unknown`, `.unknownVersion`, both with what there is.
    package func entry(_ name: PluginName, _ version: SemanticVersion?) throws(PluginRegistryError) -> Entry {
        let versions = entries.filter { $0.manifest.name == name }
        guard let newest = versions.first else {
            let names = Set(entries.map(\.manifest.name)).sorted().map(\.rawValue).joined(separator: ", ")
            throw PluginRegistryError(
                .unknown,
                "the catalogue has no plugin \(name), only: \(names); others come as a folder, an archive or a URL"
            )
        }
        guard let version else { return newest }
        guard let entry = versions.first(where: { $0.manifest.version == version }) else {
            let known = versions.map(\.manifest.version.description).joined(separator: ", ")
            throw PluginRegistryError(
                .unknownVersion,
                "the catalogue has no version \(version) of \(name), only: \(known)"
            )
        }
        return entry
    }
}
