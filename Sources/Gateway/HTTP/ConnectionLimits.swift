import NIOCore

/// How much one client may send, and how long the gateway waits for it. What is over a limit is refused with a reason.
struct ConnectionLimits: Sendable {
    /// Longest request body, in bytes (413 beyond it). Feishu's largest event is a few hundred KB.
    var bodyBytes = 1 << 20
    /// Longest single header field, name and value, or request target, in bytes (431 beyond it).
    var headerFieldBytes = 16 << 10
    /// All header fields of a request together, in bytes (431 beyond it).
    var headerBytes = 32 << 10
    /// Most header fields in a request, trailers included (431 beyond it).
    var headerCount = 100
    /// From a request's first byte to the end of its headers; also how long a new connection may stay silent.
    var headerTimeout: TimeAmount = .seconds(10)
    /// From the end of the headers to the end of the body.
    var bodyTimeout: TimeAmount = .seconds(10)
    /// How long a kept-alive connection may be silent between requests.
    var idleTimeout: TimeAmount = .seconds(75)
    /// How long Redis may take to confirm an event before the answer is 503.
    var storeTimeout: TimeAmount = .milliseconds(800)
    /// How long a route other than the events' may take for its whole response.
    var responseTimeout: TimeAmount = .seconds(30)
    /// How long a connection that was given its last answer is read (and what is read thrown away) so that the answer
    /// is not destroyed by a reset.
    var lingerTimeout: TimeAmount = .seconds(1)
    /// Connections open at once. One more is refused.
    var connections = 10_000

    init() {}
}
