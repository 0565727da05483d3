import Cryptography
import JSON

/// A plugin that is about to be installed: what it is, before it is known whether it may be.
struct PluginCandidate {
    let manifest: PluginManifest
    let document: JSONValue?
    let schema: ConfigurationSchema?
    let source: PluginSource
    /// The files, where it is files.
    let package: PluginPackage?
    /// What a service's calls are signed with.
    let serviceSecret: Secret?
    /// Whether that was made here.
    let isSecretMade: Bool

    /// One of the catalogue.
    init(_ entry: PluginCatalogue.Entry) throws(PluginRegistryError) {
        try self.init(manifest: entry.manifest, schema: entry.schema, source: .builtIn)
    }

    /// One that is files.
    init(_ package: PluginPackage) throws(PluginRegistryError) {
        let source = PluginSource.package(digest: package.digest, bytes: package.packed.count)
        try self.init(manifest: package.manifest, schema: package.schema, source: source, package: package)
    }

    /// A service, of which these are the answers.
    init(
        url: String,
        secret: Secret,
        isSecretMade: Bool,
        answers: (manifest: JSONValue, schema: JSONValue)
    ) throws(PluginRegistryError) {
        let manifest: PluginManifest
        do throws(ContractProblems) {
            manifest = try PluginManifest(answers.manifest)
        } catch {
            throw .invalid(error.problems, of: "the manifest of the service")
        }
        guard manifest.command.isEmpty else {
            let problem = ContractProblem("/command", "is only for packages: a service is run by whoever offers it")
            throw .invalid([problem], of: "the manifest of the service")
        }
        try self.init(
            manifest: manifest,
            schema: answers.schema,
            source: .service(url: url),
            serviceSecret: secret,
            isSecretMade: isSecretMade
        )
    }

    private init(
        manifest: PluginManifest,
        schema: JSONValue?,
        source: PluginSource,
        package: PluginPackage? = nil,
        serviceSecret: Secret? = nil,
        isSecretMade: Bool = false
    ) throws(PluginRegistryError) {
        self.manifest = manifest
        self.source = source
        self.package = package
        self.serviceSecret = serviceSecret
        self.isSecretMade = isSecretMade
        document = schema
        do throws(ContractProblems) {
            self.schema = try schema.map { document throws(ContractProblems) in try ConfigurationSchema(document) }
        } catch {
            throw .invalid(error.problems, of: "the schema of the configuration")
        }
    }

    /// What is wrong where something else was expected than the manifest says.
    func problems(name: PluginName?, version: SemanticVersion?) -> [ContractProblem] {
        var problems: [ContractProblem] = []
        if let name, name != manifest.name {
            problems.append(ContractProblem("/name", "the manifest says \(manifest.name), not \(name)"))
        }
        if let version, version != manifest.version {
            problems.append(ContractProblem("/version", "the manifest says \(manifest.version), not \(version)"))
        }
        return problems
    }
}
