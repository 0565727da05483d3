import Cryptography
import HTTP
import JSON
import Plugins

/// Asks a service what it is, from here.
struct ServiceExaminer: PluginExaminer {
    let addresses: AddressPolicy
    let transport: any HTTPTransport
    let now: @Sendable () -> ISODate

    func examine(url: String, secret: Secret) async throws -> (manifest: JSONValue, schema: JSONValue) {
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
