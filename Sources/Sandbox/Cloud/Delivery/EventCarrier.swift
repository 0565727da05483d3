/// What came back from the gateway for one event.
package struct CarrierAnswer: Sendable {
    package let status: Int
    package let body: [UInt8]

    package init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// Carries one event over HTTP.
package protocol EventCarrier: Sendable {
    /// POSTs the event and waits for the whole answer.
    ///
    /// - Throws: any error when there was no answer within `timeout`.
    func carry(_ event: SealedEvent, to url: String, timeout: Duration) async throws -> CarrierAnswer
}
