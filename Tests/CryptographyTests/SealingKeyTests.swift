import Testing

@testable import Cryptography

@Suite("Sealing at rest")
struct SealingKeyTests {
    private let hexadecimal = String(repeating: "0f", count: 32)

    @Test("a sealed text opens again, also under the key in its other form")
    func roundTrip() throws {
        let key = try SealingKey(Secret(hexadecimal))
        let same = try SealingKey(Secret(Base64.encode([UInt8](repeating: 0x0F, count: 32))))
        for count in [0, 1, 16, 1_000] {
            let plaintext = RandomBytes.generate(count: count)
            let sealed = try key.seal(plaintext, context: "plugins:weather")
            #expect(sealed.hasPrefix("v1."))
            #expect(try same.open(sealed, context: "plugins:weather") == plaintext)
        }
    }

    @Test("nothing is sealed twice alike, so equal secrets do not show as equal")
    func nonces() throws {
        let key = try SealingKey(Secret(hexadecimal))
        let texts = try (0..<100).map { _ in try key.seal(Array("secret".utf8), context: "a") }
        #expect(Set(texts).count == 100)
    }

    @Test("another context, another key and every changed byte are refused")
    func refusals() throws {
        let key = try SealingKey(Secret(hexadecimal))
        let sealed = try key.seal(Array("secret".utf8), context: "a")
        #expect(throws: CryptographyError.undecryptable) { try key.open(sealed, context: "b") }
        let other = try SealingKey(Secret(String(repeating: "0e", count: 32)))
        #expect(throws: CryptographyError.undecryptable) { try other.open(sealed, context: "a") }
        let bytes = try Base64.decode(sealed.utf8.dropFirst(3))
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 1
            #expect(throws: CryptographyError.undecryptable) {
                try key.open("v1." + Base64.encode(altered), context: "a")
            }
        }
    }

    @Test(
        "what is no sealed text is refused",
        arguments: ["", "v1", "v1.", "v2.AAAA", "v1.AAAA", "v1.!", "secret", "v1.AAAAAAAAAAAAAAAA"]
    )
    func notSealed(text: String) throws {
        let key = try SealingKey(Secret(hexadecimal))
        #expect(throws: CryptographyError.self) { try key.open(text, context: "a") }
    }

    @Test("a key that is not 32 bytes is refused", arguments: ["", "00", "AAAA", String(repeating: "g", count: 64)])
    func badKeys(text: String) {
        #expect(throws: CryptographyError.self) { try SealingKey(Secret(text)) }
    }

    @Test("a dump of the key shows nothing of it")
    func dumps() throws {
        let key = try SealingKey(Secret(hexadecimal))
        var text = ""
        dump(key, to: &text)
        text += "\(key)" + String(reflecting: key)
        #expect(!text.contains("0f0f"))
        #expect(!text.contains("Dw8P"))
    }
}
