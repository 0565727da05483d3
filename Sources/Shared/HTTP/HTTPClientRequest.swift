/// How long a request may take. Each deadline that passes ends it with `.timedOut`.
package struct HTTPClientDeadlines: Sendable, Equatable {
    /// From the first packet until the connection is ready, with name lookup and TLS.
    package var connect: Duration
    /// Between two signs of life from the server once the request goes out, the wait for the first one included.
    /// It rests while the reader of a streamed body lags behind.
    package var idle: Duration
    /// The whole exchange, from the call until the last byte.
    package var total: Duration

    package init(
        connect: Duration = .seconds(10),
        idle: Duration = .seconds(60),
        total: Duration = .seconds(120)
    ) {
        self.connect = connect
        self.idle = idle
        self.total = total
    }
}

/// One request. Redirects are not followed: a 3xx is an answer like any other.
package struct HTTPClientRequest: Sendable {
    package var method: String
    /// `http://` or `https://`, percent-encoded, without user and password.
    package var url: String
    /// In the order they are sent. Names and values with line breaks or other control characters are refused.
    package var headers: [(String, String)]
    /// Nil sends none; an empty body sends `Content-Length: 0`.
    package var body: [UInt8]?
    package var deadlines: HTTPClientDeadlines
    /// The largest body taken, in bytes, counted after decompression. More ends the request with `.tooLarge`.
    package var maximumResponseBytes: Int
    /// Whether to offer compression to the server and undo it.
    package var acceptsCompression: Bool
    /// How much is read from the server at a time, in bytes. Smaller suits thousands of slow streams, each of which holds
    /// as much memory.
    package var pieceBytes: Int
    /// Which addresses may be connected to; nil: all. Asked of the very address of each connection, so that a name that
    /// resolves differently from one look to the next gains nothing. One address that is refused ends the request with
    /// `.addressRefused`. Such a request goes straight to the server, whatever proxy the client has: a proxy would choose
    /// the address itself.
    package var allowedAddresses: (any AddressFilter)?

    package init(
        method: String = "GET",
        url: String,
        headers: [(String, String)] = [],
        body: [UInt8]? = nil,
        deadlines: HTTPClientDeadlines = .init(),
        maximumResponseBytes: Int = 16 << 20,
        acceptsCompression: Bool = false,
        pieceBytes: Int = 16 << 10,
        allowedAddresses: (any AddressFilter)? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.deadlines = deadlines
        self.maximumResponseBytes = maximumResponseBytes
        self.acceptsCompression = acceptsCompression
        self.pieceBytes = pieceBytes
        self.allowedAddresses = allowedAddresses
    }
}
