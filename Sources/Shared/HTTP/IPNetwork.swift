/// The addresses that begin with the same bits (CIDR), such as `10.0.0.0/8` or `fd00::/8`.
package struct IPNetwork: Sendable, Hashable {
    private let start: [UInt8]
    private let length: Int

    /// Nil for what is no such network. An address alone is a network of its own; bits behind the prefix are ignored.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress(String($0)) }) else { return nil }
        let most = address.bytes.count * 8
        guard parts.count == 2 else {
            start = address.bytes
            length = most
            return
        }
        guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]), length <= most
        else { return nil }
        start = address.bytes
        self.length = length
    }

    /// Whether an address lies in it. One of IPv4 lies in no network of IPv6, and the other way round.
    package func contains(_ address: IPAddress) -> Bool {
        guard address.bytes.count == start.count else { return false }
        let whole = length / 8
        guard address.bytes[..<whole].elementsEqual(start[..<whole]) else { return false }
        let rest = length % 8
        return rest == 0 || (address.bytes[whole] ^ start[whole]) >> (8 - rest) == 0
    }
}
