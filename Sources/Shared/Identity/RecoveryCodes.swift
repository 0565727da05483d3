import Cryptography

/// Codes for who has lost their device: each is good once, in the place of a one-time password.
enum RecoveryCodes {
    private static let count = 10
    /// 80 bits: 16 letters and digits.
    private static let byteCount = 10

    /// New codes, as they are shown once, such as `abcd-efgh-2345-ijkl`.
    static func make() -> [String] {
        (0..<count).map { _ in
            let letters = Array(Base32.encode(RandomBytes.generate(count: byteCount)).lowercased())
            return stride(from: 0, to: letters.count, by: 4)
                .map { String(letters[$0..<min($0 + 4, letters.count)]) }
                .joined(separator: "-")
        }
    }

    /// What is kept of a code, however it was typed. Codes are random, so a fast hash does.
    static func hash(_ code: String, salt: String) -> String {
        let letters = code.lowercased().unicodeScalars.filter { $0 != "-" && $0 != " " }
        return Hex.encode(SHA256.hash((salt + ":" + String(String.UnicodeScalarView(letters))).utf8))
    }
}
