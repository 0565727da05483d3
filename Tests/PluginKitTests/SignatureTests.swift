import Cryptography
import Testing

@testable import PluginKit

@Suite("The signature")
struct SignatureTests {
    private let request = RequestSignature.Request(
        method: "POST",
        path: "/handle_message",
        idempotencyKey: "t-1/call",
        timestamp: "1764200000"
    )

    @Test("is that of the contract's example, which OpenSSL computed")
    func vector() {
        let made = RequestSignature.signature(
            of: request,
            body: Array(#"{"a":1}"#.utf8),
            secret: Secret("0123456789abcdef")
        )
        #expect(made == "v1=2e5d9e36a07b5be9ea524e7c69df3cfd2e49c3e28a67572997fe95f60ff84d89")
    }

    @Test("of numbers beyond all time is refused like any other", arguments: ["", "-1", "９", "9999999999999999"])
    func timestamps(text: String) {
        let request = RequestSignature.Request(method: "GET", path: "/", idempotencyKey: "", timestamp: text)
        let given = RequestSignature.signature(of: request, body: [], secret: Secret("s"))
        let refusal = RequestSignature.refusal(of: request, body: [], given: given, secret: Secret("s"), now: 0)
        #expect(refusal == "Plugin-Timestamp is missing or no number of seconds")
    }
}
