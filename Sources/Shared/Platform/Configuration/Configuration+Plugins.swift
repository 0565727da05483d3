package import Cryptography

extension Configuration {
    /// Plugins: what they may do here.
    package struct Plugins: Sendable {
        package let isEnabled: Bool
        /// Encrypts secrets in Redis; nil: none can be kept.
        package let key: Secret?
        /// Where a worker unpacks them.
        package let directory: String
        /// As whom they run where the worker is root.
        package let user: String
        /// Whether plugins run only where the kernel confines them.
        package let requiresSandbox: Bool
        /// Files and folders that plugins may read besides the system's.
        package let readable: [String]
        /// Processors that each may use on average; nil: all.
        package let processors: Double?
        /// Private networks in which services may be.
        package let allowedNetworks: [String]
    }
}

extension Configuration.Plugins {
    init(_ settings: SettingsResolver) {
        isEnabled = settings.text("plugins.enabled") == "true"
        key = settings.secret("plugins.key")
        directory = settings.text("plugins.directory")
        user = settings.text("plugins.user")
        requiresSandbox = settings.text("plugins.sandbox") == "required"
        readable = settings.optionalNames("plugins.readable") ?? []
        let share = settings.number("plugins.cpu")
        processors = share > 0 ? share : nil
        allowedNetworks = settings.optionalNames("plugins.allowed_networks") ?? []
    }
}

/// A key for the secrets of plugins that is none.
package struct PluginsKeyProblem: Error, CustomStringConvertible {
    package var description: String {
        "plugins.key: expected 32 bytes, as base64 or 64 hexadecimal digits, such as from openssl rand -base64 32"
    }
}

extension Configuration.Plugins {
    /// What seals secrets in Redis; nil where no key is set.
    ///
    /// - Throws: `PluginsKeyProblem`, which says nothing of the key.
    package func sealingKey() throws(PluginsKeyProblem) -> SealingKey? {
        do {
            return try key.map { try SealingKey($0) }
        } catch {
            throw PluginsKeyProblem()
        }
    }
}
