import JSON

/// How a session begins (Model Context Protocol, "Lifecycle"): `initialize`, then `notifications/initialized`.
struct Handshake {
    /// The versions that we speak, newest first; all have tools as we use them.
    static let versions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]

    let server: String
    let client: ClientIdentity

    var parameters: JSONObject {
        [
            "protocolVersion": .string(Self.versions[0]), "capabilities": [:],
            "clientInfo": ["name": .string(client.name), "version": .string(client.version)],
        ]
    }

    /// What was agreed on. Throws `unsupportedVersion`, or `badResponse` for a result that is none.
    func agreement(_ result: JSONObject) throws(ToolProtocolError) -> Agreement {
        guard let version = result["protocolVersion"]?.string, let capabilities = result["capabilities"]?.object else {
            throw ToolProtocolError(.badResponse, server: server)
        }
        guard Self.versions.contains(version) else { throw ToolProtocolError(.unsupportedVersion, server: server) }
        return Agreement(version: version, hasTools: capabilities["tools"] != nil)
    }
}

/// What the two sides agreed on.
struct Agreement: Equatable {
    let version: String
    let hasTools: Bool
}

/// How we introduce ourselves to servers.
package struct ClientIdentity: Sendable, Equatable {
    package let name: String
    package let version: String

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}
