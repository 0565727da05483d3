package import HTTP

/// To which addresses plugins that are services may be at: public ones, and those in networks that are allowed.
///
/// Asked when a service is installed (`check`), and again of the very address of each connection (`allows`), since a name
/// may resolve to something else a moment later.
package struct AddressPolicy: AddressFilter {
    /// Networks that are nobody's public address: IANA's registries of special-purpose addresses (RFC 6890 and what
    /// updates it), multicast, and the metadata services of clouds, which lie within them but for one.
    private static let special: [IPNetwork] = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "fc00::/7",
        "fe80::/10", "fec0::/10", "ff00::/8",
    ].compactMap { IPNetwork($0) }

    /// Never allowed, in whatever network: what lies there gives away the machine's own rights.
    private static let metadata: [IPNetwork] = [
        "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "fd00:ec2::254",
    ].compactMap { IPNetwork($0) }

    /// Behind the first bytes of these an address of IPv4 follows: mapped, NAT64, 6to4.
    private static let wrappings: [(prefix: [UInt8], offset: Int)] = [
        (Array(repeating: 0, count: 10) + [0xFF, 0xFF], 12),
        ([0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0], 12),
        ([0x20, 0x02], 2),
    ]

    private let allowed: [IPNetwork]

    /// Nil where an entry is no network.
    ///
    /// - Parameter networks: In CIDR's notation, such as `10.1.0.0/16` or `127.0.0.1/32`.
    package init?(allowedNetworks networks: [String]) {
        let allowed = networks.compactMap { IPNetwork($0) }
        guard allowed.count == networks.count else { return nil }
        self.allowed = allowed
    }

    package func allows(_ address: IPAddress) -> Bool {
        let address = Self.unwrapped(address)
        if Self.metadata.contains(where: { $0.contains(address) }) { return false }
        if allowed.contains(where: { $0.contains(address) }) { return true }
        return !Self.special.contains { $0.contains(address) }
    }

    /// Whether a service may be at this URL, as far as its text tells.
    ///
    /// - Parameter url: Such as `https://plugins.example.com/weather`.
    /// - Throws: The problem, to be shown to whoever installs the service.
    package func check(_ url: String) throws(ContractProblems) {
        guard let url = ServiceURL(url) else { throw ContractProblems([.init("/url", ServiceURL.expectation)]) }
        if ServiceURL.dangerousPorts.contains(url.port) {
            throw ContractProblems([.init("/url", "expected a port for HTTP, and not \(url.port)")])
        }
        if let address = url.address, !allows(address) {
            throw ContractProblems([
                .init("/url", "expected a public address, or one in plugins.allowed_networks")
            ])
        }
        let loopback = IPAddress("127.0.0.1")
        if url.isLocalName, let loopback, !allows(loopback) {
            throw ContractProblems([
                .init(
                    "/url",
                    "expected a public host; for one of this machine or network add it to plugins.allowed_networks"
                )
            ])
        }
    }

    private static func unwrapped(_ address: IPAddress) -> IPAddress {
        guard address.bytes.count == 16 else { return address }
        for (prefix, offset) in wrappings where address.bytes.starts(with: prefix) {
            return IPAddress(bytes: address.bytes[offset..<offset + 4]) ?? address
        }
        return address
    }
}

/// This machine's own address only: where child processes listen.
struct LoopbackOnly: AddressFilter {
    func allows(_ address: IPAddress) -> Bool { address.bytes == [127, 0, 0, 1] }
}
