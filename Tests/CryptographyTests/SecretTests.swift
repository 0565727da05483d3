import Testing

@testable import Cryptography

@Suite("Secrets, comparison and randomness")
struct SecretTests {
    struct Holder {
        let secret = Secret("hunter2")
    }

    @Test("a secret never shows its value, however it is printed")
    func neverShown() {
        var dumped = ""
        dump(Holder(), to: &dumped)
        let texts = ["\(Secret("hunter2"))", String(reflecting: Secret("hunter2")), "\(Holder())", dumped]
        for text in texts {
            #expect(!text.contains("hunter2"))
            #expect(text.contains("***"))
        }
    }

    @Test("secrets are equal by value")
    func equality() {
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
        #expect(Secret("a") != Secret("aa"))
        #expect(Secret("").isEmpty)
    }

    @Test("constant-time comparison finds a difference at any place, and in length")
    func comparison() {
        let bytes = RandomBytes.generate(count: 40)
        #expect(constantTimeEquals(bytes, bytes))
        #expect(constantTimeEquals([UInt8](), [UInt8]()))
        #expect(!constantTimeEquals(bytes, bytes.dropLast()))
        for index in bytes.indices {
            var other = bytes
            other[index] ^= 1
            #expect(!constantTimeEquals(bytes, other))
        }
    }

    @Test("random bytes have the length asked for and do not repeat")
    func random() {
        #expect(RandomBytes.generate(count: 0).isEmpty)
        #expect(RandomBytes.generate(count: 32).count == 32)
        #expect(RandomBytes.generate(count: 32) != RandomBytes.generate(count: 32))
    }
}
