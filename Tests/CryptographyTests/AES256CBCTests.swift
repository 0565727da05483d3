import Testing

@testable import Cryptography

@Suite("AES-256-CBC")
struct AES256CBCTests {
    // NIST SP 800-38A, F.2.5.
    static let key = bytes("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
    static let iv = bytes("000102030405060708090a0b0c0d0e0f")
    static let plaintext = bytes(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
            + "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
    )
    static let ciphertext = bytes(
        "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
            + "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"
    )

    static func bytes(_ hex: String) -> [UInt8] { (try? Hex.decode(hex)) ?? [] }

    @Test("encrypts NIST's example, then adds a block of padding")
    func published() throws {
        let encrypted = try AES256CBC.encrypt(key: Self.key, iv: Self.iv, plaintext: Self.plaintext)
        #expect(encrypted.count == Self.plaintext.count + 16)
        #expect(Array(encrypted.prefix(64)) == Self.ciphertext)
        #expect(try AES256CBC.decrypt(key: Self.key, iv: Self.iv, ciphertext: encrypted) == Self.plaintext)
    }

    @Test("gives back what was encrypted, at every length around a block", arguments: 0...49)
    func roundTrip(count: Int) throws {
        let plaintext = RandomBytes.generate(count: count)
        let encrypted = try AES256CBC.encrypt(key: Self.key, iv: Self.iv, plaintext: plaintext)
        #expect(encrypted.count == (count / 16 + 1) * 16)
        #expect(try AES256CBC.decrypt(key: Self.key, iv: Self.iv, ciphertext: encrypted[...]) == plaintext)
    }

    @Test("decrypts the example of Feishu's documentation")
    func feishuExample() throws {
        let payload = try Base64.decode("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=")
        let plaintext = try AES256CBC.decrypt(
            key: SHA256.hash("test key".utf8),
            iv: payload.prefix(16),
            ciphertext: payload.dropFirst(16)
        )
        #expect(String(decoding: plaintext, as: UTF8.self) == "hello world")
    }

    @Test(
        "refuses a padding that is not PKCS#7",
        arguments: [
            [0], [17], [255], [2, 3, 3], [3, 2], [1, 2, 2, 4, 4],
            Array(repeating: 15, count: 14) + [16], [9] + Array(repeating: 16, count: 15),
        ] as [[UInt8]]
    )
    func badPadding(tail: [UInt8]) throws {
        // A whole last block of our choice: encrypting it as plaintext leaves real padding in one more block, cut off.
        let block = Array(repeating: UInt8(7), count: max(0, 16 - tail.count)) + tail
        let encrypted = try AES256CBC.encrypt(
            key: Self.key,
            iv: Self.iv,
            plaintext: Array(repeating: 1, count: 16) + block
        )
        #expect(throws: CryptographyError.undecryptable) {
            try AES256CBC.decrypt(key: Self.key, iv: Self.iv, ciphertext: encrypted.dropLast(16))
        }
    }

    @Test("refuses ciphertext that is not whole blocks", arguments: [0, 1, 15, 17, 31])
    func partialBlocks(count: Int) {
        #expect(throws: CryptographyError.undecryptable) {
            try AES256CBC.decrypt(key: Self.key, iv: Self.iv, ciphertext: Array(repeating: 0, count: count))
        }
    }

    @Test("refuses keys and vectors of another length")
    func wrongLengths() {
        #expect(throws: CryptographyError.wrongKeyLength) {
            try AES256CBC.encrypt(key: Self.key.dropLast(), iv: Self.iv, plaintext: [])
        }
        #expect(throws: CryptographyError.wrongKeyLength) {
            try AES256CBC.decrypt(key: Self.key, iv: Self.iv + [0], ciphertext: Array(repeating: 0, count: 16))
        }
    }
}
