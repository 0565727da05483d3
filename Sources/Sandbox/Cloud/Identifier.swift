import Cryptography
import FoundationEssentials

/// Makes identifiers in the shapes the real cloud uses (interface specification, section 1.3).
enum Identifier {
    static func message() -> String { "om_" + hex(16) }
    static func event() -> String { hex(16) }
    static func thread() -> String { "omt_" + hex(8) }
    static func reaction() -> String { "ZCaC" + hex(16) }
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
