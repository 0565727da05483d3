package import JSON

/// One version of a plugin as it is installed: what it is, where it is, and how it is configured.
package struct PluginRelease: Sendable, Equatable {
    package let manifest: PluginManifest
    package let source: PluginSource
    /// JSON Schema of the configuration; nil where the plugin has given none.
    package let schema: JSONValue?
    package let configuration: PluginConfiguration
    /// What calls of a service are signed with, sealed; nil for other kinds.
    package let sealedServiceSecret: String?

    package init(
        manifest: PluginManifest,
        source: PluginSource,
        schema: JSONValue?,
        configuration: PluginConfiguration,
        sealedServiceSecret: String? = nil
    ) {
        self.manifest = manifest
        self.source = source
        self.schema = schema
        self.configuration = configuration
        self.sealedServiceSecret = sealedServiceSecret
    }

    /// Reads what `json` wrote.
    ///
    /// - Throws: What is not as it was written.
    init(_ json: JSONValue) throws(ContractProblems) {
        guard let source = PluginSource(json["source"]) else {
            throw ContractProblems([ContractProblem("/source", "expected the source of a plugin")])
        }
        self.source = source
        manifest = try PluginManifest(json["manifest"] ?? .null)
        schema = json["schema"]
        configuration = try PluginConfiguration(json["configuration"] ?? .null)
        sealedServiceSecret = json["service_secret"]?.string
    }

    /// As it is stored: secrets are sealed.
    var json: JSONValue {
        var json: JSONObject = [
            "manifest": .object(manifest.document), "source": source.json, "configuration": configuration.json,
        ]
        json["schema"] = schema
        json["service_secret"] = sealedServiceSecret.map { .string($0) }
        return .object(json)
    }

    /// The same with another configuration.
    func configured(_ configuration: PluginConfiguration) -> PluginRelease {
        PluginRelease(
            manifest: manifest,
            source: source,
            schema: schema,
            configuration: configuration,
            sealedServiceSecret: sealedServiceSecret
        )
    }
}
