import HTTP

/// Where requests really come from: behind proxies that are trusted, what they say of it.
struct ClientAddresses: Sendable {
    private let trusted: [IPNetwork]

    /// - Parameter networks: Of the trusted proxies, in CIDR notation.
    /// - Throws: `UntrustedNetwork` for one that is none.
    init(trusting networks: [String]) throws(UntrustedNetwork) {
        var trusted: [IPNetwork] = []
        for text in networks {
            guard let network = IPNetwork(text) else { throw UntrustedNetwork(text: text) }
            trusted.append(network)
        }
        self.trusted = trusted
    }

    /// The first address, from our end, that is no trusted proxy's.
    ///
    /// - Parameters:
    ///   - peer: The other end of the connection.
    ///   - forwarded: The header `X-Forwarded-For`, each proxy having added whom it was called by.
    /// - Returns: The address.
    func address(peer: String, forwarded: String?) -> String {
        var address = peer
        var rest = (forwarded ?? "").split(separator: ",")[...]
        while isTrusted(address), let next = rest.popLast() {
            let text = next.filter { !$0.isWhitespace }
            // What is no address says nothing, whoever wrote it.
            guard IPAddress(text) != nil else { break }
            address = text
        }
        return address
    }

    private func isTrusted(_ text: String) -> Bool {
        guard let address = IPAddress(text) else { return false }
        return trusted.contains { $0.contains(address) }
    }
}

/// A trusted proxy's network that is none.
struct UntrustedNetwork: Error, CustomStringConvertible {
    let text: String

    var description: String { "admin.trusted_proxies: \(text) is no network in CIDR notation, such as 10.0.0.0/8" }
}
