package import JSON

/// Where a plugin's code is.
package enum PluginSource: Sendable, Equatable {
    /// In our own programs.
    case builtIn
    /// Files, kept in Redis under the SHA-256 of their archive (hexadecimal), which has so many bytes.
    case package(digest: String, bytes: Int)
    /// In a service at this URL.
    case service(url: String)

    /// As it is stored and shown.
    package var json: JSONValue {
        switch self {
        case .builtIn: ["kind": "built-in"]
        case .package(let digest, let bytes):
            ["kind": "package", "digest": .string("sha256:\(digest)"), "bytes": .integer(Int64(bytes))]
        case .service(let url): ["kind": "service", "url": .string(url)]
        }
    }

    /// Nil for what is no such value.
    init?(_ json: JSONValue?) {
        switch json?["kind"]?.string {
        case "built-in": self = .builtIn
        case "package":
            guard let digest = json?["digest"]?.string, digest.hasPrefix("sha256:"), let bytes = json?["bytes"]?.integer
            else { return nil }
            self = .package(digest: String(digest.dropFirst("sha256:".count)), bytes: Int(bytes))
        case "service":
            guard let url = json?["url"]?.string else { return nil }
            self = .service(url: url)
        default: return nil
        }
    }

    /// The digest of a package.
    package var digest: String? { if case .package(let digest, _) = self { digest } else { nil } }
}
