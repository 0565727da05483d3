package import NIOCore

/// The server or deployment that a configuration names.
package enum RedisEndpoint: Equatable, Sendable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)

    /// Where it is, without credentials.
    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}

/// The one place that says which server a new connection goes to.
///
/// Every attempt to connect, the first and each reconnection, asks it again. A standalone server is its own answer;
/// a deployment whose primary moves (Sentinel, Cluster) is a further conformance and a further ``RedisEndpoint``.
package protocol EndpointResolver: Sendable {
    /// Where the server to write to is now. Fails with ``RedisError``.
    func resolve(_ endpoint: RedisEndpoint, on eventLoop: any EventLoop) -> EventLoopFuture<RedisEndpoint>
}

/// The resolver for a server that stays where it is.
package struct StandaloneResolver: EndpointResolver {
    package init() {}

    package func resolve(_ endpoint: RedisEndpoint, on eventLoop: any EventLoop) -> EventLoopFuture<RedisEndpoint> {
        eventLoop.makeSucceededFuture(endpoint)
    }
}
