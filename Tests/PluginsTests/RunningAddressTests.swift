import HTTP
import Testing

@testable import Plugins

@Suite("Addresses of plugins that are services")
struct RunningAddressTests {
    private func policy(_ networks: String...) throws -> AddressPolicy {
        try #require(AddressPolicy(allowedNetworks: networks))
    }

    @Test("public addresses are allowed", arguments: ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"])
    func publicOnes(_ address: String) throws {
        #expect(try policy().allows(try #require(IPAddress(address))))
    }

    @Test(
        "all others are not",
        arguments: [
            "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
            "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
            "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
            "168.63.129.16", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:c0a8:101::1", "fc00::1", "fd00:ec2::254", "fe80::1",
            "fec0::1", "ff02::1", "2001:db8::1", "100::1", "2001::1",
        ]
    )
    func special(_ address: String) throws {
        #expect(try !policy().allows(try #require(IPAddress(address))))
    }

    @Test("a network that is allowed has its addresses, also wrapped ones, and nothing else")
    func network() throws {
        let policy = try policy("10.1.0.0/16", "fd12::/16")
        for address in ["10.1.2.3", "::ffff:10.1.2.3", "fd12::5", "8.8.8.8"] {
            #expect(policy.allows(try #require(IPAddress(address))), "\(address)")
        }
        for address in ["10.2.0.1", "127.0.0.1", "fd13::1"] {
            #expect(!policy.allows(try #require(IPAddress(address))), "\(address)")
        }
    }

    @Test("metadata services stay out whatever is allowed", arguments: ["169.254.169.254", "fd00:ec2::254"])
    func metadata(_ address: String) throws {
        #expect(try !policy("0.0.0.0/0", "::/0").allows(try #require(IPAddress(address))))
    }

    @Test("a network that is none is refused")
    func noNetwork() {
        #expect(AddressPolicy(allowedNetworks: ["10.0.0.0/8", "intranet"]) == nil)
    }

    @Test(
        "URLs that may be",
        arguments: [
            ("https://plugins.example.com/weather", "https://plugins.example.com", "/weather"),
            ("http://8.8.8.8:8080", "http://8.8.8.8:8080", ""), ("https://a.example/", "https://a.example", ""),
            ("https://[2606:4700::1111]:8443/a/b/", "https://[2606:4700::1111]:8443", "/a/b"),
        ]
    )
    func urls(_ text: String, _ origin: String, _ path: String) throws {
        let url = try #require(ServiceURL(text))
        #expect(url.origin == origin)
        #expect(url.path == path)
        #expect(throws: Never.self) { try policy().check(text) }
    }

    @Test(
        "URLs that may not",
        arguments: [
            "", "ftp://example.com", "file:///etc/passwd", "http:/example.com", "https://", "https://user@example.com",
            "https://user:word@example.com", "https://example.com?x", "https://example.com/#x",
            "https://example.com\\@a",
            "https://exa mple.com", "https://example.com:0", "https://example.com:65536", "https://example.com:22",
            "https://example.com:6379", "https://example.com:+80", "https://example.com/../x",
            "https://example.com/%2e",
            "http://localhost", "http://localhost.", "http://LOCALHOST:8080", "http://redis", "http://a.localhost",
            "http://printer.local", "http://metadata.google.internal", "http://127.0.0.1", "http://2130706433",
            "http://0x7f000001", "http://0x7f.1", "http://0177.0.0.1", "http://127.1", "http://10.0.0.1",
            "http://[::1]",
            "http://[::ffff:127.0.0.1]", "http://[fe80::1%25eth0]", "http://[64:ff9b::7f00:1]",
            "http://[2002:7f00:1::]",
            "http://１２７.0.0.1", "http://exämple.com", "https://example..com", "http://169.254.169.254/latest",
        ]
    )
    func refusedURLs(_ text: String) throws {
        #expect(throws: ContractProblems.self) { try policy().check(text) }
    }

    @Test("names of this machine are for those who allow its addresses")
    func localNames() throws {
        #expect(throws: Never.self) { try policy("127.0.0.0/8").check("http://localhost:8080") }
    }
}
