package import HTTP

/// The transport over libcurl: any number of requests at once, on one thread of the client's own.
///
/// Connections are reused, HTTP/2 is spoken where the server offers it over TLS, certificates are always checked, and
/// nothing is redirected. The thread starts with the first request. A request that found a reused connection already
/// closed, before any byte came back, is sent once more on a new one (libcurl does this, as browsers do).
/// Dropping the client ends what still runs, as `shutdown()` does.
package final class HTTPClient: HTTPTransport {
    private let thread: CurlThread

    package init(configuration: HTTPClientConfiguration = .init()) {
        thread = CurlThread(configuration: configuration)
    }

    deinit { thread.abandon() }

    /// As the port says; the body is never paused, as its size is bounded. Throws `.cancelled` after `shutdown()`.
    package func execute(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse {
        let transfer = try begin(request, mode: .collected)
        let (head, body) = try await transfer.wholeResponse()
        return HTTPClientResponse(head: head, body: body)
    }

    /// As the port says. Throws `.cancelled` after `shutdown()`.
    package func stream(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientStream {
        let transfer = try begin(request, mode: .streamed)
        let head = try await transfer.head()
        return HTTPClientStream(head: head, body: HTTPClientBody(transfer))
    }

    /// Ends every transfer with `.cancelled`, closes all connections and joins the thread. Later requests fail.
    package func shutdown() async { await thread.stop() }

    private func begin(_ request: HTTPClientRequest, mode: Transfer.Mode) throws(HTTPClientError) -> Transfer {
        let endpoint = try request.validatedEndpoint()
        let mailbox = try thread.mailbox()
        let transfer = Transfer(request: request, endpoint: endpoint, mode: mode, mailbox: mailbox)
        guard mailbox.post(.start(transfer)) else { throw CurlThread.stoppedError }
        return transfer
    }
}
