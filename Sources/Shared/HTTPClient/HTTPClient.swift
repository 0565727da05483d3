/// Outbound HTTP over libcurl: any number of requests at once, on one thread of the client's own.
///
/// Connections are reused, HTTP/2 is spoken where the server offers it over TLS, certificates are always checked, and
/// nothing is redirected. The thread starts with the first request. A request that found a reused connection already
/// closed, before any byte came back, is sent once more on a new one (libcurl does this, as browsers do).
/// Dropping the client ends what still runs, as `shutdown()` does.
package final class HTTPClient: Sendable {
    private let thread: CurlThread

    package init(configuration: HTTPClientConfiguration = .init()) {
        thread = CurlThread(configuration: configuration)
    }

    deinit { thread.abandon() }

    /// Sends a request and returns the response with its whole body, at most `maximumResponseBytes`.
    ///
    /// Any status is a response, errors are about not getting one. Cancelling the task ends the transfer at once.
    package func execute(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse {
        let transfer = try begin(request, mode: .collected)
        let (head, body) = try await transfer.wholeResponse()
        return HTTPClientResponse(head: head, body: body)
    }

    /// Sends a request and returns as soon as the response's headers are there; the body follows at the reader's pace.
    package func stream(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientStream {
        let body = HTTPClientBody(try begin(request, mode: .streamed))
        return HTTPClientStream(head: try await body.head(), body: body)
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
