/// How one client connects. It holds for all its requests.
package struct HTTPClientConfiguration: Sendable {
    /// Through what requests travel.
    package enum Proxy: Sendable, Equatable {
        /// Straight to the server, whatever the environment says.
        case direct
        /// What libcurl reads from `http_proxy`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` at each request.
        case environment
        /// This proxy (`http://`, `https://`, `socks5://` or `socks5h://`, credentials allowed), except for the hosts,
        /// domains and networks in `excluding`, written as in `NO_PROXY`.
        case url(String, excluding: [String])
    }

    package var proxy: Proxy
    /// PEM file of authorities to trust in place of the system's bundle. Nil: the system's.
    ///
    /// Certificates and host names are always checked; there is no switch for that.
    package var certificateAuthorityFile: String?
    /// Connections to one host (name and port) at once; further requests wait, within their total deadline. 0: no limit.
    ///
    /// With HTTP/2 each connection carries 100 requests, so a small number serves many. With HTTP/1.1 it is the number of
    /// requests at once, so it must not be small where many slow answers are awaited.
    package var maximumConnectionsPerHost: Int
    /// Idle connections kept for reuse, over all hosts.
    package var maximumIdleConnections: Int
    /// The `User-Agent` of requests that bring none.
    package var userAgent: String

    package init(
        proxy: Proxy = .direct,
        certificateAuthorityFile: String? = nil,
        maximumConnectionsPerHost: Int = 0,
        maximumIdleConnections: Int = 256,
        userAgent: String = "ai-assistant"
    ) {
        self.proxy = proxy
        self.certificateAuthorityFile = certificateAuthorityFile
        self.maximumConnectionsPerHost = maximumConnectionsPerHost
        self.maximumIdleConnections = maximumIdleConnections
        self.userAgent = userAgent
    }
}
