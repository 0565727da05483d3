/// A request that got no complete response.
///
/// Every text in it is safe to log: scheme, host and port at most, never a path, query, header or body.
package struct HTTPClientError: Error, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        /// No connection: the name is unknown, nobody listens, or the proxy refused.
        case connectFailed
        /// An address of the server is none that the request may be sent to.
        case addressRefused
        /// One of the request's deadlines passed.
        case timedOut
        /// The certificate was refused or the handshake failed.
        case tls
        /// The response, its headers, or a server-sent event is larger than allowed.
        case tooLarge
        /// The task was cancelled, or the transport is shut down.
        case cancelled
        /// The request can never be sent as it is.
        case invalidRequest
        /// The peer broke HTTP or closed the connection before the response was complete.
        case `protocol`
    }

    package let code: Code
    /// Where the request went, such as `https://open.feishu.cn:443`; nil if its URL could not be read.
    package let endpoint: String?
    /// What happened, in words.
    package let detail: String
    /// Whether bytes of the request may have reached the server, so that it may have acted on them.
    package let mayHaveBeenSent: Bool

    package init(code: Code, endpoint: String? = nil, detail: String, mayHaveBeenSent: Bool = false) {
        self.code = code
        self.endpoint = endpoint
        self.detail = detail
        self.mayHaveBeenSent = mayHaveBeenSent
    }

    /// Whether the same request may succeed later.
    package var isTransient: Bool {
        switch code {
        case .connectFailed, .timedOut, .protocol: true
        case .addressRefused, .tls, .tooLarge, .cancelled, .invalidRequest: false
        }
    }

    package var description: String {
        "HTTPClientError.\(code.rawValue)\(endpoint.map { " at \($0)" } ?? ""): \(detail)"
    }
}
