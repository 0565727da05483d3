package import Cryptography

/// One-time passwords by the clock (RFC 6238): SHA-1, six digits, steps of 30 seconds, as authenticator apps have them.
package struct TOTP: Sendable {
    /// How many seconds a code is the current one.
    package static let period: Int64 = 30
    /// How many steps a clock may be ahead or behind.
    static let window: Int64 = 1
    private static let digits = 6
    /// What RFC 4226 §4 advises, in bytes.
    private static let secretByteCount = 20

    /// Shared with the person's device.
    private let secret: Secret

    /// - Parameter secret: Any bytes.
    package init(secret: [UInt8]) { self.secret = Secret(Base64.encode(secret)) }

    /// One with a new secret.
    static func make() -> TOTP { TOTP(secret: RandomBytes.generate(count: secretByteCount)) }

    var bytes: [UInt8] { (try? Base64.decode(secret.value)) ?? [] }
    /// The secret as people type it into their device.
    package var text: Secret { Secret(Base32.encode(bytes)) }

    /// The step that a time, in milliseconds since 1970, is in.
    static func counter(at time: Int64) -> Int64 { time / (period * 1_000) }

    /// The code of a time, in milliseconds since 1970.
    package func code(at time: Int64) -> String { code(counter: Self.counter(at: time)) }

    /// The code of a step (RFC 4226 §5.3).
    func code(counter: Int64) -> String {
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> (56 - 8 * $0)) }
        let digest = HMAC.sha1(key: bytes, message: message)
        let offset = Int(digest[digest.count - 1] & 0xF)
        let number = digest[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let text = String(number % 1_000_000)
        return String(repeating: "0", count: Self.digits - text.utf8.count) + text
    }

    /// Finds the step whose code this is, among those around a time and after the last that was taken.
    ///
    /// - Parameters:
    ///   - code: What the person typed.
    ///   - time: In milliseconds since 1970.
    ///   - last: The last step whose code was taken.
    /// - Returns: The step; nil where it is none's.
    func counter(of code: String, at time: Int64, after last: Int64) -> Int64? {
        let current = Self.counter(at: time)
        var found: Int64?
        // All are compared, so that the time does not tell which it was.
        for counter in current - Self.window...current + Self.window
        where constantTimeEquals(self.code(counter: counter).utf8, code.utf8) && counter > last {
            found = counter
        }
        return found
    }

    /// What an authenticator app reads from a QR code
    /// (https://github.com/google/google-authenticator/wiki/Key-Uri-Format).
    ///
    /// - Parameters:
    ///   - issuer: What the app shows above the name.
    ///   - name: Whose code it is.
    /// - Returns: The URI, which holds the secret.
    package func uri(issuer: String, name: String) -> Secret {
        let issuer = Self.escaped(issuer)
        return Secret(
            "otpauth://totp/\(issuer):\(Self.escaped(name))?secret=\(text.value)&issuer=\(issuer)"
                + "&algorithm=SHA1&digits=\(Self.digits)&period=\(Self.period)"
        )
    }

    /// Percent-encodes all but the unreserved characters (RFC 3986 §2.3).
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                escaped.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                escaped += "%" + Hex.encode([byte]).uppercased()
            }
        }
        return escaped
    }
}
