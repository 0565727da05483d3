/// Sends HTTP requests and brings back the responses, whatever the library behind it.
///
/// The port of those who call other services. Any status is a response; errors are about not getting one. Each request
/// is sent within its own deadlines and bounds, and cancelling the task ends it at once, with `.cancelled`. Whoever made
/// the transport also ends it.
package protocol HTTPTransport: Sendable {
    /// Sends a request and returns the response with its whole body, at most `maximumResponseBytes`.
    func execute(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientResponse

    /// Sends a request and returns as soon as the response's headers are there; the body follows at the reader's pace.
    func stream(_ request: HTTPClientRequest) async throws(HTTPClientError) -> HTTPClientStream
}
