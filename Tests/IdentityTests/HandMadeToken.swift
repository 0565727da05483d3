import Cryptography
import FoundationEssentials
import JSON
import JWTKit

@testable import Identity

/// A token put together by hand, part by part, as who attacks does.
struct HandMadeToken {
    var header: JSONValue = ["alg": "HS256", "typ": "JWT"]
    var claims: JSONObject

    /// Claims as they have to be, at this time in milliseconds.
    init(at time: Int64) {
        let now = time / 1_000
        claims = [
            "iss": "issuer", "aud": "audience", "sub": "ada", "role": "admin", "iat": .integer(now),
            "nbf": .integer(now), "exp": .integer(now + 900), "jti": "id",
        ]
    }

    var signingInput: String { Self.part(header.bytes) + "." + Self.part(JSONValue.object(claims).bytes) }

    /// Signed with HMAC-SHA-256 under any bytes.
    func signed(with key: String = IdentityUnderTest.secret.value) -> String {
        signingInput + "." + Self.part(HMAC.sha256(key: key.utf8, message: signingInput.utf8))
    }

    /// With a claim changed, or taken away.
    func with(_ claim: String, _ value: JSONValue?) -> HandMadeToken {
        var copy = self
        copy.claims[claim] = value
        return copy
    }

    func with(header: JSONValue) -> HandMadeToken {
        var copy = self
        copy.header = header
        return copy
    }

    static func part(_ bytes: [UInt8]) -> String {
        Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
