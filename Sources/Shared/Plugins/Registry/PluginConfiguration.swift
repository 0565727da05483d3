import Cryptography
package import JSON

/// How a plugin is configured, as the registry keeps it: what everyone may read, and the secrets sealed.
package struct PluginConfiguration: Sendable, Equatable {
    /// What stands for a secret where a configuration is shown.
    package static let mask = "***"
    /// The most that a configuration may have, in bytes of JSON.
    package static let maximumBytes = 64 << 10

    /// The configuration without its secrets.
    package let open: JSONObject
    /// Where the secrets are (JSON Pointers).
    package let secretPointers: [String]
    /// The secrets; nil where there are none.
    package let sealedSecrets: String?

    /// Nothing configured.
    package static let empty = PluginConfiguration(open: [:], secretPointers: [], sealedSecrets: nil)

    private init(open: JSONObject, secretPointers: [String], sealedSecrets: String?) {
        self.open = open
        self.secretPointers = secretPointers
        self.sealedSecrets = sealedSecrets
    }

    /// Separates the secrets, which only a schema names: without one, every member is taken for a secret.
    ///
    /// - Parameters:
    ///   - configuration: The whole.
    ///   - schema: What tells its secrets.
    ///   - name: Whose it is: what is sealed for one plugin opens for no other.
    ///   - key: Seals them.
    /// - Throws: `.noKey` where there are secrets and no key.
    init(
        sealing configuration: JSONObject,
        schema: ConfigurationSchema?,
        name: PluginName,
        key: SealingKey?
    ) throws(PluginRegistryError) {
        let parts = ConfigurationSchema.separated(configuration, by: schema)
        open = parts.open
        secretPointers = parts.secrets.map(\.pointer)
        guard !parts.secrets.isEmpty else {
            sealedSecrets = nil
            return
        }
        guard let key else { throw .noKey }
        var secrets = JSONObject()
        for secret in parts.secrets { secrets[secret.pointer] = secret.value }
        do throws(CryptographyError) {
            sealedSecrets = try key.seal(JSONValue.object(secrets).bytes, context: Self.context(name))
        } catch {
            throw PluginRegistryError(.invalid, "the secrets cannot be encrypted: \(error)")
        }
    }

    /// The whole configuration, secrets in their places.
    ///
    /// - Throws: `.noKey`, `.wrongKey`.
    func opened(for name: PluginName, key: SealingKey?) throws(PluginRegistryError) -> JSONObject {
        guard let sealedSecrets else { return open }
        guard let key else { throw .noKey }
        guard let bytes = try? key.open(sealedSecrets, context: Self.context(name)),
            let secrets = (try? JSONValue(parsing: bytes))?.object
        else { throw .wrongKey(name) }
        return ConfigurationSchema.inserting(secrets.members.map { ($0.key, $0.value) }, into: open)
    }

    /// The configuration with `***` for every secret.
    package var shown: JSONObject {
        ConfigurationSchema.inserting(secretPointers.map { ($0, .string(Self.mask)) }, into: open)
    }

    private static func context(_ name: PluginName) -> String { "plugins:\(name):configuration" }

    /// Reads what `json` wrote.
    ///
    /// - Throws: What is not as it was written.
    init(_ json: JSONValue) throws(ContractProblems) {
        guard let open = json["open"]?.object, let pointers = json["pointers"]?.array else {
            throw ContractProblems([ContractProblem("/configuration", "expected a configuration")])
        }
        self.init(
            open: open,
            secretPointers: pointers.compactMap(\.string),
            sealedSecrets: json["secrets"]?.string
        )
    }

    /// As it is stored.
    var json: JSONValue {
        var json: JSONObject = ["open": .object(open), "pointers": .array(secretPointers.map { .string($0) })]
        json["secrets"] = sealedSecrets.map { .string($0) }
        return .object(json)
    }
}
