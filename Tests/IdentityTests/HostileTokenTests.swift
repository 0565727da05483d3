import Cryptography
import JSON
import JWTKit
import TestSupport
import Testing

@testable import Identity

@Suite("Hostile tokens")
struct HostileTokenTests {
    @Test("a token made by hand as it has to be is taken, so the refusals below are for what they say")
    func control() async throws {
        try await IdentityUnderTest.with { identity in
            let token = HandMadeToken(at: identity.tokens.now())
            let principal = try await identity.tokens.verify(token.signed())
            #expect(principal.subject == "ada")
            #expect(principal.role == .admin)
            #expect(principal.tokenID == "id")
            let several = token.with("aud", ["other", "audience"])
            #expect(try await identity.tokens.verify(several.signed()).subject == "ada")
        }
    }

    @Test("each token that is wrong in one way is refused for that")
    func table() async throws {
        try await IdentityUnderTest.with { identity in
            let time = identity.tokens.now()
            let now = time / 1_000
            let good = HandMadeToken(at: time)
            let text = good.signed()
            let parts = text.split(separator: ".").map(String.init)
            let altered = HandMadeToken.part(JSONValue.object(good.with("role", "viewer").claims).bytes)
            var cases: [(what: String, token: String, code: TokenError.Code)] = [
                ("nothing", "", .missing),
                ("no parts", "token", .malformed),
                ("two parts", "\(parts[0]).\(parts[1])", .malformed),
                ("four parts", text + ".AAAA", .malformed),
                ("two signatures", text + "." + parts[2], .malformed),
                ("huge", text + String(repeating: "A", count: 9_000), .malformed),
                ("not Base64", "\(parts[0]).!!!.\(parts[2])", .malformed),
                ("padded Base64", text + "=", .malformed),
                ("blanks around", " \(text)", .malformed),
                ("header no JSON", "AAAA.\(parts[1]).\(parts[2])", .malformed),
                ("altered claims", "\(parts[0]).\(altered).\(parts[2])", .badSignature),
                ("no signature", "\(parts[0]).\(parts[1]).", .badSignature),
                ("another secret", good.signed(with: String(repeating: "x", count: 32)), .badSignature),
                ("an empty secret", good.signed(with: ""), .badSignature),
                ("too long a life", good.with("exp", .integer(now + 86_401)).signed(), .malformed),
                ("ends before it begins", good.with("exp", .integer(now - 1)).signed(), .malformed),
                ("issuer", good.with("iss", "other").signed(), .wrongIssuer),
                ("audience", good.with("aud", "other").signed(), .wrongAudience),
                ("audiences", good.with("aud", ["other", "another"]).signed(), .wrongAudience),
                ("no audience in the list", good.with("aud", []).signed(), .malformed),
                ("audience of two types", good.with("aud", ["audience", 1]).signed(), .malformed),
                ("not yet", good.with("nbf", .integer(now + 31)).signed(), .notYetValid),
                ("issued later", good.with("iat", .integer(now + 31)).signed(), .notYetValid),
                ("role", good.with("role", "root").signed(), .malformed),
                ("role of two", good.with("role", ["admin"]).signed(), .malformed),
                ("somebody on the host", good.with("sub", "local:root").signed(), .malformed),
                ("a subject with a line break", good.with("sub", "a\nb").signed(), .malformed),
                ("a subject of no length", good.with("sub", "").signed(), .malformed),
                ("a time as text", good.with("exp", .string("\(now + 900)")).signed(), .malformed),
                ("a time without end", good.with("exp", .double(1e300)).signed(), .malformed),
                ("a negative time", good.with("iat", -1).signed(), .malformed),
                ("step-up in the place of access", good.with("typ", "step-up").signed(), .malformed),
            ]
            for claim in ["iss", "aud", "sub", "role", "iat", "nbf", "exp", "jti"] {
                cases.append(("without \(claim)", good.with(claim, nil).signed(), .malformed))
                cases.append(("\(claim) null", good.with(claim, .null).signed(), .malformed))
            }
            let headers: [(JSONValue, TokenError.Code)] = [
                (["alg": "none"], .badSignature), (["alg": "None"], .badSignature), (["alg": "HS384"], .badSignature),
                (["alg": "hs256"], .badSignature), (["alg": "RS256"], .badSignature), (["typ": "JWT"], .malformed),
                (["alg": 1], .malformed), (["alg": "HS256", "kid": "other"], .badSignature),
                (["alg": "HS256", "kid": ""], .badSignature), (["alg": "HS256", "kid": 1], .malformed),
                (["alg": "HS256", "crit": ["exp"]], .malformed), (["alg": "HS256", "crit": []], .malformed),
                (["alg": "HS256", "typ": "JWE"], .malformed), (["alg": "HS256", "typ": 1], .malformed),
                ([], .malformed),
            ]
            for (header, code) in headers {
                cases.append(("header \(header.text)", good.with(header: header).signed(), code))
                let unsigned = good.with(header: header).signingInput + "."
                cases.append(("unsigned, header \(header.text)", unsigned, code))
            }
            for (what, token, code) in cases {
                let error = await refusal { () async throws(TokenError) in try await identity.tokens.verify(token) }
                #expect(error?.code == code, "\(what)")
            }
        }
    }

    @Test("a public key is no secret: HS256 under its text is refused, and so is another's private key")
    func keyConfusion() async throws {
        let key = ES256PrivateKey()
        let rsa = try TestKeys.rsaPEM()
        for pem in [key.pemRepresentation, rsa] {
            let keys = try await TokenKeys(secret: nil, privateKey: Secret(pem))
            try await IdentityUnderTest.with(keys: keys) { identity in
                let issued = try await identity.tokens.issue(subject: "ada", role: .viewer, lifetime: .seconds(60))
                #expect(try await identity.tokens.verify(issued.token.value).subject == "ada")
                let own = try #require(keys.own)
                let kid: JSONValue = .string(try #require(own.id))
                let good = HandMadeToken(at: identity.tokens.now())
                let publicText = try TestKeys.publicPEM(of: pem)
                for header: JSONValue in [
                    ["alg": "HS256"], ["alg": "HS256", "kid": kid], ["alg": "RS256", "kid": kid],
                    ["alg": "ES256", "kid": kid], ["alg": "none", "kid": kid],
                ] {
                    let token = good.with(header: header)
                    let publicKey = try #require(own.publicKey).text
                    for secret in [publicText, publicText + "\n", publicKey] {
                        let error = await refusal { () async throws(TokenError) in
                            try await identity.tokens.verify(token.signed(with: secret))
                        }
                        #expect(error?.code == .badSignature, "\(header.text)")
                    }
                }
                let stranger = try await TokenKeys(secret: nil, privateKey: Secret(ES256PrivateKey().pemRepresentation))
                let claims = try await identity.tokens.checked(issued.token.value, byOwnKeyOnly: true)
                let forged = try await #require(stranger.own).sign(claims)
                let error = await refusal { () async throws(TokenError) in try await identity.tokens.verify(forged) }
                #expect(error?.code == .badSignature)
            }
        }
    }
}
