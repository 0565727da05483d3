import Testing

@testable import Cryptography

@Suite("scrypt")
struct ScryptTests {
    @Test(
        "derives the keys of RFC 7914 §12",
        arguments: [
            (
                "", "", 4, 1, 1,
                "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                    + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"
            ),
            (
                "password", "NaCl", 10, 8, 16,
                "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                    + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"
            ),
            (
                "pleaseletmein", "SodiumChloride", 14, 8, 1,
                "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
                    + "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887"
            ),
        ]
    )
    func published(password: String, salt: String, exponent: Int, size: Int, parallelism: Int, key: String) throws {
        let parameters = try #require(
            Scrypt.Parameters(costExponent: exponent, blockSize: size, parallelism: parallelism)
        )
        let derived = Scrypt.derive(
            password: Array(password.utf8),
            salt: Array(salt.utf8),
            parameters: parameters,
            byteCount: 64
        )
        #expect(Hex.encode(derived) == key)
    }

    @Test(
        "parameters of a damaged record are refused before they cost anything",
        arguments: [(0, 8, 1), (63, 8, 1), (20, 8, 1), (15, 0, 1), (15, 8, 0), (15, 8, 17), (16, 1, 1), (-1, -1, -1)]
    )
    func bounds(exponent: Int, size: Int, parallelism: Int) {
        #expect(Scrypt.Parameters(costExponent: exponent, blockSize: size, parallelism: parallelism) == nil)
    }
}
