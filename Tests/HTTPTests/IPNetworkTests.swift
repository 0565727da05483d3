import HTTP
import Testing

@Suite("Addresses and networks")
struct IPNetworkTests {
    @Test(
        "an address is read in its usual forms",
        arguments: [
            ("10.1.2.3", "10.1.2.3"), ("::1", "0:0:0:0:0:0:0:1"), ("fd00:EC2::254", "fd00:ec2:0:0:0:0:0:254"),
            ("::ffff:1.2.3.4", "0:0:0:0:0:ffff:102:304"),
        ]
    )
    func address(_ text: String, _ written: String) {
        #expect(IPAddress(text)?.description == written)
    }

    @Test(
        "what is no such form is no address",
        arguments: ["", "1.2.3", "01.2.3.4", "0x7f.0.0.1", "2130706433", "1.2.3.4.5", "[::1]", "fe80::1%eth0", "a.b"]
    )
    func noAddress(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "a network has the addresses that begin as it does",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
            ("172.16.0.0/12", "172.31.255.255", true), ("172.16.0.0/12", "172.32.0.0", false),
            ("1.2.3.4", "1.2.3.4", true), ("1.2.3.4/32", "1.2.3.5", false), ("0.0.0.0/0", "8.8.8.8", true),
            ("fc00::/7", "fd12::1", true), ("fc00::/7", "fe00::1", false), ("::/0", "1.2.3.4", false),
        ]
    )
    func contains(_ network: String, _ address: String, _ isInside: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(
        "what is no network is none",
        arguments: ["", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "a/8", "1.2.3.4/", "/8"]
    )
    func noNetwork(_ text: String) {
        #expect(IPNetwork(text) == nil)
    }
}
