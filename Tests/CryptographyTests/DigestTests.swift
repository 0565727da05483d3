import Testing

@testable import Cryptography

@Suite("Digests and codes")
struct DigestTests {
    @Test(
        "SHA-256 gives the published digests",
        arguments: [
            // FIPS 180-4 examples.
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ]
    )
    func sha256(message: String, digest: String) {
        #expect(Hex.encode(SHA256.hash(message.utf8)) == digest)
    }

    @Test("SHA-256 of a million letters is the published one")
    func longMessage() {
        let digest = Hex.encode(SHA256.hash(Array(repeating: UInt8(ascii: "a"), count: 1_000_000)))
        #expect(digest == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(
        "SHA-1 gives the published digests",
        arguments: [
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
        ]
    )
    func sha1(message: String, digest: String) {
        #expect(Hex.encode(SHA1.hash(message.utf8)) == digest)
    }

    @Test("a digest fed in pieces equals the digest of the whole")
    func incremental() {
        var pieces = SHA256()
        pieces.update("ab".utf8)
        pieces.update([])
        pieces.update(repeatElement(UInt8(ascii: "c"), count: 1))  // not in one piece of memory
        let digest = pieces.finalize()
        #expect(digest == SHA256.hash(Array("abc".utf8)))
    }

    @Test(
        "HMAC-SHA-1 gives the codes of RFC 2202",
        arguments: [
            (Array(repeating: UInt8(0x0B), count: 20), "Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
            (Array("Jefe".utf8), "what do ya want for nothing?", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ]
    )
    func hmacSHA1(key: [UInt8], message: String, code: String) {
        #expect(Hex.encode(HMAC.sha1(key: key, message: message.utf8)) == code)
    }

    @Test(
        "HMAC-SHA-256 gives the codes of RFC 4231",
        arguments: [
            (
                Array(repeating: UInt8(0x0B), count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                Array(repeating: UInt8(0xAA), count: 131), "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
        ]
    )
    func hmac(key: [UInt8], message: String, code: String) {
        #expect(Hex.encode(HMAC.sha256(key: key, message: message.utf8)) == code)
    }

    @Test("HMAC takes an empty key and an empty message")
    func emptyHMAC() {
        let code = Hex.encode(HMAC.sha256(key: [], message: []))
        #expect(code == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }
}
