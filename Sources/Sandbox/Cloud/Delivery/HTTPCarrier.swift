package import HTTP

/// Carries events over HTTP.
package struct HTTPCarrier: EventCarrier {
    private let http: any HTTPTransport

    package init(http: any HTTPTransport) { self.http = http }

    package func carry(_ event: SealedEvent, to url: String, timeout: Duration) async throws -> CarrierAnswer {
        let request = HTTPClientRequest(
            method: "POST",
            url: url,
            headers: event.headers,
            body: event.body,
            // The platform allows 2 s to connect and 3 s for the whole call (interface specification, section 2.1).
            deadlines: HTTPClientDeadlines(connect: min(.seconds(2), timeout), idle: timeout, total: timeout),
            maximumResponseBytes: 1 << 20
        )
        let response = try await http.execute(request)
        return CarrierAnswer(status: response.status, body: response.body)
    }
}
