import Testing

@testable import Cryptography

@Suite("AES-256-GCM")
struct AES256GCMTests {
    struct Vector: Sendable {
        let key: String
        let nonce: String
        let plaintext: String
        let associatedData: String
        /// Ciphertext and tag.
        let sealed: String
    }

    /// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 13 to 16, which NIST's
    /// SP 800-38D refers to.
    static let published = [
        Vector(
            key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            plaintext: "",
            associatedData: "",
            sealed: "530f8afbc74536b9a963b4f1c4cb738b"
        ),
        Vector(
            key: String(repeating: "00", count: 32),
            nonce: String(repeating: "00", count: 12),
            plaintext: String(repeating: "00", count: 16),
            associatedData: "",
            sealed: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"
        ),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
            associatedData: "",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
                + "b094dac5d93471bdec1a502270e3cc6c"
        ),
        Vector(
            key: "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
            nonce: "cafebabefacedbaddecaf888",
            plaintext: "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
            associatedData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            sealed: "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                + "76fc6ece0f4e1768cddf8853bb2d551b"
        ),
    ]

    private let key = RandomBytes.generate(count: 32)
    private let nonce = RandomBytes.generate(count: 12)

    @Test("seals and opens the published examples", arguments: published)
    func examples(vector: Vector) throws {
        let (key, nonce) = (try Hex.decode(vector.key), try Hex.decode(vector.nonce))
        let (plaintext, data) = (try Hex.decode(vector.plaintext), try Hex.decode(vector.associatedData))
        let sealed = try AES256GCM.seal(plaintext.span, key: key.span, nonce: nonce.span, associatedData: data.span)
        #expect(Hex.encode(sealed) == vector.sealed)
        #expect(
            try AES256GCM.open(sealed.span, key: key.span, nonce: nonce.span, associatedData: data.span) == plaintext
        )
    }

    @Test("gives back what was sealed, at every length around a block", arguments: 0...33)
    func roundTrip(count: Int) throws {
        let plaintext = RandomBytes.generate(count: count)
        let data: [UInt8] = [1, 2, 3]
        let sealed = try AES256GCM.seal(plaintext.span, key: key.span, nonce: nonce.span, associatedData: data.span)
        #expect(sealed.count == count + 16)
        #expect(
            try AES256GCM.open(sealed.span, key: key.span, nonce: nonce.span, associatedData: data.span) == plaintext
        )
    }

    @Test("opens nothing of which one bit is another", arguments: 0..<20)
    func changed(position: Int) throws {
        let data: [UInt8] = [1, 2, 3]
        let plaintext: [UInt8] = [1, 2, 3, 4]
        let sealed = try AES256GCM.seal(plaintext.span, key: key.span, nonce: nonce.span, associatedData: data.span)
        var other = sealed
        other[position] ^= 1
        #expect(throws: CryptographyError.undecryptable) {
            try AES256GCM.open(other.span, key: key.span, nonce: nonce.span, associatedData: data.span)
        }
    }

    @Test("opens nothing with another key, nonce or associated data, and nothing that is cut short")
    func elsewhere() throws {
        let data: [UInt8] = [1, 2, 3]
        let plaintext = Array("text".utf8)
        let sealed = try AES256GCM.seal(plaintext.span, key: key.span, nonce: nonce.span, associatedData: data.span)
        func opens(_ sealed: [UInt8], key: [UInt8]? = nil, nonce: [UInt8]? = nil, data: [UInt8]? = nil) -> Bool {
            let (key, nonce, data) = (key ?? self.key, nonce ?? self.nonce, data ?? [1, 2, 3])
            let opened = try? AES256GCM.open(sealed.span, key: key.span, nonce: nonce.span, associatedData: data.span)
            return opened != nil
        }
        #expect(opens(sealed))
        #expect(!opens(sealed, key: RandomBytes.generate(count: 32)))
        #expect(!opens(sealed, nonce: RandomBytes.generate(count: 12)))
        #expect(!opens(sealed, data: [1, 2, 4]))
        #expect(!opens(sealed, data: []))
        for count in 0..<sealed.count { #expect(!opens(Array(sealed.prefix(count)))) }
    }

    @Test("refuses keys and nonces of another length")
    func lengths() {
        let none: [UInt8] = []
        let (shortKey, longNonce) = (Array(key.dropLast()), nonce + [0])
        #expect(throws: CryptographyError.wrongKeyLength) {
            try AES256GCM.seal(none.span, key: shortKey.span, nonce: nonce.span, associatedData: none.span)
        }
        #expect(throws: CryptographyError.wrongKeyLength) {
            try AES256GCM.seal(none.span, key: key.span, nonce: longNonce.span, associatedData: none.span)
        }
    }
}
