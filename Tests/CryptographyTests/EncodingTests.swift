import Testing

@testable import Cryptography

@Suite("Base64, Base32 and hexadecimal")
struct EncodingTests {
    @Test(
        "Base64 goes both ways for the examples of RFC 4648",
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"), ("\u{3FF}~?", "z79+Pw=="), ("???>>>", "Pz8/Pj4+"),
        ]
    )
    func base64(plain: String, encoded: String) throws {
        #expect(Base64.encode(plain.utf8) == encoded)
        #expect(try Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test("Base64 gives back random bytes of every length", arguments: 0...70)
    func base64RoundTrip(count: Int) throws {
        let bytes = RandomBytes.generate(count: count)
        #expect(try Base64.decode(Base64.encode(bytes)) == bytes)
    }

    @Test(
        "Base64 refuses everything that is not its canonical form",
        arguments: [
            "Zg", "Zg=", "Zm9vY", "Zm9v\n", "Zm 9", "Zg==Zg==", "=Zg=", "Z===", "====", "Zm9v====", "Zh==", "Zm9=",
            "Zm-_", "Zm9é",
        ]
    )
    func base64Refusals(text: String) {
        #expect(throws: CryptographyError.badEncoding) { try Base64.decode(text) }
    }

    @Test(
        "Base32 gives the texts of RFC 4648, without their padding",
        arguments: [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ]
    )
    func base32(plain: String, encoded: String) {
        #expect(Base32.encode(plain.utf8) == encoded)
    }

    @Test("hexadecimal goes both ways and reads either case")
    func hex() throws {
        #expect(Hex.encode([0x00, 0x9F, 0xFA]) == "009ffa")
        #expect(try Hex.decode("009fFA") == [0x00, 0x9F, 0xFA])
    }

    @Test("hexadecimal refuses odd lengths and other characters", arguments: ["0", "0g", " 00", "００"])
    func hexRefusals(text: String) {
        #expect(throws: CryptographyError.badEncoding) { try Hex.decode(text) }
    }
}
