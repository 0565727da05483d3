package import Cryptography
package import HTTP
package import JSON

/// Asks a service what it is, from here.
package struct ServiceExaminer: PluginExaminer {
    private let addresses: AddressPolicy
    private let transport: any HTTPTransport
    private let now: @Sendable () -> ISODate

    /// - Parameters:
    ///   - addresses: Where a service may be.
    ///   - transport: Calls it.
    ///   - now: The time that requests are signed with.
    package init(addresses: AddressPolicy, transport: any HTTPTransport, now: @escaping @Sendable () -> ISODate) {
        self.addresses = addresses
        self.transport = transport
        self.now = now
    }

    package func examine(url: String, secret: Secret) async throws -> (manifest: JSONValue, schema: JSONValue) {
        try addresses.check(url)
        guard let service = ServiceURL(url) else {
            throw ContractProblems([ContractProblem("/url", ServiceURL.expectation)])
        }
        let inquiry = PluginInquiry(
            PluginEndpoint(service, secret: secret, addresses: addresses),
            transport: transport,
            now: now
        )
        try await inquiry.health()
        let manifest = try await inquiry.manifest()
        return (manifest, try await inquiry.configurationSchema() ?? ["type": "object"])
    }
}
