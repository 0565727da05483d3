import Cryptography
import TestSupport
import Testing

@testable import Identity

@Suite("One-time passwords")
struct TOTPTests {
    @Test(
        "gives the codes of RFC 6238, appendix B, by their last six digits",
        arguments: [
            (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"), (1_234_567_890, "005924"),
            (2_000_000_000, "279037"), (20_000_000_000, "353130"),
        ] as [(Int64, String)]
    )
    func published(seconds: Int64, code: String) {
        #expect(TOTP(secret: Array("12345678901234567890".utf8)).code(at: seconds * 1_000) == code)
    }

    @Test("gives the same as oathtool, at several times and for secrets of several lengths")
    func oathtool() throws {
        for count in [10, 20, 32] {
            let totp = TOTP(secret: RandomBytes.generate(count: count))
            for seconds: Int64 in [0, 29, 30, 1_764_200_000, 1_764_200_029, 4_102_444_800] {
                let other = try TestKeys.run(
                    "oathtool",
                    ["--totp", "--base32", "--now=@\(seconds)", totp.text.value]
                )
                #expect(totp.code(at: seconds * 1_000) + "\n" == other)
            }
        }
    }

    @Test("a code counts one step early and late, and not after a later one was taken")
    func window() {
        let totp = TOTP(secret: Array("12345678901234567890".utf8))
        let time: Int64 = 1_764_200_000_000
        let current = TOTP.counter(at: time)
        for distance in Int64(-3)...3 {
            let code = totp.code(counter: current + distance)
            let expected = abs(distance) <= 1 ? current + distance : nil
            #expect(totp.counter(of: code, at: time, after: 0) == expected)
        }
        #expect(totp.counter(of: totp.code(at: time), at: time, after: current) == nil)
        for code in ["", "12345", "1234567", "abcdef", String(repeating: "0", count: 100_000)] {
            #expect(totp.counter(of: code, at: time, after: 0) == nil)
        }
    }

    @Test("the URI is the one that authenticator apps read")
    func uri() {
        let uri = TOTP(secret: Array("12345678901234567890".utf8)).uri(issuer: "AI Assistant", name: "ada@example.com")
        #expect(
            uri.value == "otpauth://totp/AI%20Assistant:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=AI%20Assistant&algorithm=SHA1&digits=6&period=30"
        )
    }
}
