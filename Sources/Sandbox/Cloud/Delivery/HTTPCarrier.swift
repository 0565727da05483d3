package import HTTPClient

/// Carries events with the project's own HTTP client.
package struct HTTPCarrier: EventCarrier {
    private let client: HTTPClient

    package init(client: HTTPClient) { self.client = client }

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
        let response = try await client.execute(request)
        return CarrierAnswer(status: response.status, body: response.body)
    }
}
