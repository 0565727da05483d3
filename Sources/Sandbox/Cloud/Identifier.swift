import Cryptography
import FoundationEssentials

/// Makes identifiers in the shapes the real cloud uses (interface specification, section 1.3).
enum Identifier {
    static func message() -> String { "om_" + hex(16) }
    static func event() -> String { hex(16) }
    static func thread() -> String { "omt_" + hex(8) }
    static func reaction() -> String { "ZCaC" + hex(16) }
    static func chat() -> String { "oc_" + hex(16) }
    static func task() -> String { uuid() }
    static func click() -> String { "c-" + hex(20) }
    static func image() -> String { "img_v3_02" + hex(1) + "_" + uuid() + "g" }
    static func file() -> String { "file_v3_00" + hex(1) + "_" + uuid() + "g" }

    /// A decimal number of nineteen digits.
    static func card() -> String {
        String(Int64.random(in: 7_000_000_000_000_000_000...7_999_999_999_999_999_999))
    }

    /// Nineteen digits, as those of the real cloud.
    static func meeting() -> String {
        String(Int64.random(in: 7_000_000_000_000_000_000...7_999_999_999_999_999_999))
    }

    static func meetingNumber() -> String { String(Int.random(in: 100_000_000...999_999_999)) }

    /// Twenty-four lower-case letters and digits.
    static func minute() -> String { "obcn" + letters(20) }

    /// Twenty-seven lower-case letters and digits.
    static func document() -> String { "doxcn" + letters(22) }
    static func block() -> String { "doxcn" + letters(22) }

    /// What a conversion calls a block until it is in a document.
    static func temporaryBlock() -> String { uuid() }

    private static func letters(_ count: Int) -> String {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices)] })
    }

    private static func uuid() -> String {
        let text = hex(16)
        let cuts = [0, 8, 12, 16, 20, 32]
        return zip(cuts, cuts.dropFirst()).map { String(text.dropFirst($0).prefix($1 - $0)) }.joined(separator: "-")
    }

    static func token() -> String { "t-" + hex(15) }
    static func nonce() -> String { hex(8) }

    /// The support handle of one response: time and randomness, as in `X-Tt-Logid`.
    static func log(now: Int64) -> String {
        let time = Date(timeIntervalSince1970: Double(now) / 1000).ISO8601Format()
        return String(time.filter(\.isNumber).prefix(14)) + hex(9).uppercased()
    }

    /// An identifier that stays the same for the same name, so that a restarted sandbox has the same people and chats.
    static func stable(_ prefix: String, _ name: String) -> String {
        prefix + Hex.encode(SHA256.hash(Array("\(prefix)\u{0}\(name)".utf8)).prefix(16))
    }

    private static func hex(_ bytes: Int) -> String {
        var random = SystemRandomNumberGenerator()
        return Hex.encode((0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }
}
