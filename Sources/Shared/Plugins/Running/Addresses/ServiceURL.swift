import HTTP

/// The URL of a plugin that is a service.
///
/// Read by a grammar narrower than RFC 3986's, so that no two programs can read it differently: scheme, host, port and a
/// plain path, without user, query or fragment. What else an HTTP client might take for a host never gets to it.
package struct ServiceURL: Sendable, Equatable {
    /// What such URLs look like, to follow the pointer of a problem.
    package static let expectation =
        "expected a URL such as https://plugins.example.com/weather, without user, query and fragment"

    /// Those of services that may take a request of HTTP for something of theirs: mail, shells, databases, directories,
    /// this system's own Redis.
    static let dangerousPorts: Set<Int> = [
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 445, 465, 512, 513, 514, 515, 526,
        530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1433, 1521, 2049, 2375, 2376, 2379,
        2380, 3306, 3389, 3659, 4045, 5060, 5061, 5432, 5900, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6697,
        9042, 9200, 10_250, 11_211, 16_379, 26_379, 27_017,
    ]

    /// Scheme, host and port as given, without a path.
    package let origin: String
    /// Such as `/weather`; empty where there is none. Does not end in `/`.
    package let path: String
    /// The host, when it is an address.
    let address: IPAddress?
    let port: Int
    private let host: String

    /// Nil for what is no such URL.
    package init?(_ text: String) {
        guard text.utf8.count <= 2_048 else { return nil }
        let scheme: String
        if text.hasPrefix("https://") {
            scheme = "https"
        } else if text.hasPrefix("http://") {
            scheme = "http"
        } else {
            return nil
        }
        let rest = text.dropFirst(scheme.count + 3)
        let authority = rest.prefix { $0 != "/" }
        var path = String(rest.dropFirst(authority.count))
        while path.hasSuffix("/") { path.removeLast() }
        guard path.utf8.allSatisfy(Self.isPathByte),
            !path.split(separator: "/").contains(where: { $0 == ".." || $0 == "." })
        else { return nil }
        let host: Substring
        let port: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = authority[..<end].dropFirst()
            port = authority[end...].dropFirst()
            guard host.contains(":"), let address = IPAddress(String(host)) else { return nil }
            self.address = address
        } else {
            host = authority.prefix { $0 != ":" }
            port = authority.dropFirst(host.count)
            address = IPAddress(String(host))
            guard Self.isName(host) else { return nil }
            // A last label that is a number makes a host an address of IPv4 to some, in whatever base (WHATWG's URL).
            let last = host.split(separator: ".").last ?? ""
            if address == nil, last.first?.isNumber == true { return nil }
        }
        if port.isEmpty {
            self.port = scheme == "https" ? 443 : 80
        } else {
            let digits = port.dropFirst()
            guard port.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
                (1...65_535).contains(number)
            else { return nil }
            self.port = number
        }
        self.host = host.lowercased()
        self.path = path
        origin = "\(scheme)://\(authority)"
    }

    /// Whether the name is one of this machine or its network.
    var isLocalName: Bool {
        guard address == nil else { return false }
        let name = host.hasSuffix(".") ? String(host.dropLast()) : host
        return !name.contains(".")
            || ["localhost", "localdomain", "local", "internal", "lan", "home.arpa"].contains {
                name.hasSuffix(".\($0)")
            }
    }

    private static func isName(_ host: Substring) -> Bool {
        (1...253).contains(host.utf8.count) && !host.hasPrefix(".") && !host.contains("..")
            && host.utf8.allSatisfy { byte in
                isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "/-._~".utf8.contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
