package import Cryptography
package import JSON

/// Asks a service what it is, for an installation or upgrade.
package protocol PluginExaminer: Sendable {
    /// Asks for its health, its manifest and its schema.
    ///
    /// - Parameters:
    ///   - url: Of the service; whether it may be called at all is checked here too.
    ///   - secret: What requests are signed with.
    /// - Returns: What it answered to `GET /manifest` and `GET /get_config_schema`.
    /// - Throws: Why it has not, in words that may be shown.
    func examine(url: String, secret: Secret) async throws -> (manifest: JSONValue, schema: JSONValue)
}
