package import Cryptography
package import JSON

/// Where the plugin that is to be installed comes from.
package enum PluginOrigin: Sendable {
    /// The catalogue of the product; nil for the newest version.
    case catalogue(version: SemanticVersion?)
    /// The bytes of a tar.gz, and the digest that they have to have.
    case package([UInt8], digest: String?)
    /// A service that runs; without a secret one is made.
    case service(url: String, secret: Secret?)
}

/// What is to be installed.
package struct PluginInstallation: Sendable {
    /// Nil for whatever the manifest says; the catalogue needs it.
    package let name: PluginName?
    /// Nil for whatever the manifest says.
    package let version: SemanticVersion?
    package let origin: PluginOrigin
    package let configuration: JSONObject
    package let isEnabled: Bool

    package init(
        name: PluginName?,
        version: SemanticVersion? = nil,
        origin: PluginOrigin,
        configuration: JSONObject = [:],
        isEnabled: Bool = true
    ) {
        self.name = name
        self.version = version
        self.origin = origin
        self.configuration = configuration
        self.isEnabled = isEnabled
    }
}

/// What an installed plugin is to become.
package struct PluginUpgrade: Sendable {
    /// Nil for whatever the manifest says.
    package let version: SemanticVersion?
    package let origin: PluginOrigin
    /// Changes to the configuration once it is migrated (RFC 7396).
    package let patch: JSONObject
    /// Whether the new version may be an older one.
    package let allowsDowngrade: Bool

    package init(
        version: SemanticVersion? = nil,
        origin: PluginOrigin,
        patch: JSONObject = [:],
        allowsDowngrade: Bool = false
    ) {
        self.version = version
        self.origin = origin
        self.patch = patch
        self.allowsDowngrade = allowsDowngrade
    }
}

/// What an operation did.
package struct PluginChange: Sendable {
    /// Nil where there was none.
    package let before: PluginRecord?
    /// Nil where there is none any more.
    package let after: PluginRecord?
    /// A secret that was made for a service: to be shown once.
    package let madeSecret: Secret?

    init(before: PluginRecord?, after: PluginRecord?, madeSecret: Secret? = nil) {
        self.before = before
        self.after = after
        self.madeSecret = madeSecret
    }
}
