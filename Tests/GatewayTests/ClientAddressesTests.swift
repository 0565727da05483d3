import Testing

@testable import Gateway

/// Who is believed about where a request comes from.
@Suite struct ClientAddressesTests {
    @Test("nobody is believed but proxies that are trusted, read from our end")
    func addresses() throws {
        let none = try ClientAddresses(trusting: [])
        #expect(none.address(peer: "10.0.0.5", forwarded: "203.0.113.9") == "10.0.0.5")
        let some = try ClientAddresses(trusting: ["10.0.0.0/8", "fd00::/8"])
        #expect(some.address(peer: "198.51.100.1", forwarded: "203.0.113.9") == "198.51.100.1")
        #expect(some.address(peer: "10.0.0.5", forwarded: nil) == "10.0.0.5")
        #expect(some.address(peer: "10.0.0.5", forwarded: "203.0.113.9") == "203.0.113.9")
        // What a client wrote itself stands before what the proxy saw.
        #expect(some.address(peer: "10.0.0.5", forwarded: "1.1.1.1, 203.0.113.9, 10.9.9.9") == "203.0.113.9")
        #expect(some.address(peer: "fd00::1", forwarded: "2001:db8::7") == "2001:db8::7")
        #expect(some.address(peer: "10.0.0.5", forwarded: "203.0.113.9, nonsense") == "10.0.0.5")
        #expect(some.address(peer: "10.0.0.5", forwarded: "10.0.0.6, 10.0.0.7") == "10.0.0.6")
    }

    @Test("a network that is none stops the start")
    func refusal() {
        #expect(throws: UntrustedNetwork.self) { try ClientAddresses(trusting: ["10.0.0.0/33"]) }
    }

    @Test("paths and queries are decoded, and what is encoded wrongly stands for itself")
    func decoding() {
        #expect(PercentDecoding.text("a%2Fb%20%E5%9B%BE") == "a/b 图")
        #expect(PercentDecoding.text("100%+%zz%2") == "100%+%zz%2")
        let query = PercentDecoding.query("a=1+2&b=%26&c&d=x=y")
        #expect(query.map(\.name) == ["a", "b", "c", "d"])
        #expect(query.map(\.value) == ["1 2", "&", "", "x=y"])
    }

    @Test("a request keeps the name it was given, where that is a plain one")
    func names() {
        #expect(RequestID.taken(from: "abc-123_X") == "abc-123_X")
        for hostile in ["", "a b", "a\nb", String(repeating: "x", count: 65), "图"] {
            #expect(RequestID.taken(from: hostile) != hostile)
        }
    }
}
