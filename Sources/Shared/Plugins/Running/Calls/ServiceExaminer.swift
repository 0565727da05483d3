package import Cryptography
package import HTTP
package import JSON

/// Asks services over HTTP, as they will be called.
package struct ServiceExaminer: PluginExaminer {
    private let addresses: AddressPolicy
    private let transport: any HTTPTransport
    private let now: @Sendable () -> ISODate

    /// - Parameters:
    ///   - addresses: Where services may be.
    ///   - transport: Sends the requests; it must know `allowedAddresses`.
    ///   - now: The time of the signatures.
    package init(
        addresses: AddressPolicy,
        transport: any HTTPTransport,
        now: @escaping @Sendable () -> ISODate
    ) {
        self.addresses = addresses
        self.transport = transport
        self.now = now
    }

    package func examine(url: String, secret: Secret) async throws -> (manifest: JSONValue, schema: JSONValue) {
        try addresses.check(url)
        guard let place = ServiceURL(url) else { throw ContractProblems([.init("/url", ServiceURL.expectation)]) }
        let endpoint = PluginEndpoint(place, secret: secret, addresses: addresses)
        let inquiry = PluginInquiry(endpoint, transport: transport, now: now)
        try await inquiry.health()
        let manifest = try await inquiry.manifest()
        // A service without a schema takes any configuration.
        return (manifest, try await inquiry.configurationSchema() ?? ["type": "object"])
    }
}
