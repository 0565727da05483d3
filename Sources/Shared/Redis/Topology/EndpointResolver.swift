package import NIOCore

/// The server or deployment that a configuration names.
package enum RedisEndpoint: Hashable, Sendable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)
    /// The primary that these sentinels name.
    case sentinel(SentinelSet)
    /// The nodes of a Redis Cluster, found from any of these.
    case cluster(seeds: [RedisEndpoint])

    /// Where it is, without credentials.
    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): path
        case .sentinel(let set): "\(set)"
        case .cluster(let seeds): "cluster of " + seeds.map(\.description).joined(separator: ";")
        }
    }
}

/// The sentinels that watch one primary, and how to speak with them.
package struct SentinelSet: Hashable, Sendable {
    /// Where they are; all watch the same servers.
    package var sentinels: [RedisEndpoint]
    /// What they call the primary and its replicas.
    package var primary: String
    /// User for AUTH with the sentinels themselves; nil means the default user.
    package var username: String?
    /// Password for AUTH with the sentinels themselves; nil means no AUTH.
    package var password: String?
    /// Whether the sentinels are spoken to as the servers are, over TLS where those use it.
    package var followsTLS = true

    package init(_ sentinels: [RedisEndpoint], primary: String) {
        self.sentinels = sentinels
        self.primary = primary
    }
}

extension SentinelSet: CustomStringConvertible, CustomReflectable {
    /// Which primary of whom, without credentials.
    package var description: String {
        "\(primary) of " + sentinels.map(\.description).joined(separator: ";")
    }

    package var customMirror: Mirror { Mirror(self, children: ["sentinels": sentinels, "primary": primary]) }
}

/// The one place that says which server a new connection goes to.
///
/// Every attempt to connect, the first and each reconnection, asks it again. A standalone server is its own answer;
/// of deployments whose primary moves each has a conformance of its own.
package protocol EndpointResolver: Sendable {
    /// Where the server to write to is now. Fails with ``RedisError``.
    func resolve(_ endpoint: RedisEndpoint, on eventLoop: any EventLoop) -> EventLoopFuture<RedisEndpoint>
    /// The server that was the answer could not be connected to, or is not what it should be.
    func failed(_ answer: RedisEndpoint)
}

/// The resolver for a server that stays where it is.
package struct StandaloneResolver: EndpointResolver {
    package init() {}

    package func resolve(_ endpoint: RedisEndpoint, on eventLoop: any EventLoop) -> EventLoopFuture<RedisEndpoint> {
        eventLoop.makeSucceededFuture(endpoint)
    }

    package func failed(_ answer: RedisEndpoint) {}
}
