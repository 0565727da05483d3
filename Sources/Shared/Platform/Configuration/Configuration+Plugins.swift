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
        allowedNetworks = settings.optionalNames("plugins.allowed_networks") ?? []
    }
}
