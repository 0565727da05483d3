import Cryptography
import JSON
import JWTKit
import TestSupport
import Testing

@testable import Identity

@Suite("Keys for tokens")
struct TokenKeysTests {
    @Test("weak keys, other curves and public keys in the place of private ones are refused")
    func refusals() async throws {
        func refused(_ secret: String?, _ pem: String?, _ set: String? = nil) async -> TokenKeysError? {
            await refusal { () async throws(TokenKeysError) in
                try await TokenKeys(secret: secret.map { Secret($0) }, privateKey: pem.map { Secret($0) }, keySet: set)
            }
        }
        #expect(await refused(nil, nil) == TokenKeysError.none)
        #expect(await refused(String(repeating: "k", count: 31), nil) == .secretTooShort)
        #expect(await refused(nil, "no PEM") == .privateKeyUnusable)
        #expect(await refused(nil, try TestKeys.rsaPEM(bits: 1_024)) == .privateKeyUnusable)
        #expect(await refused(nil, try TestKeys.ecPEM(curve: "P-384")) == .privateKeyUnusable)
        let publicKey = try TestKeys.publicPEM(of: try TestKeys.ecPEM(curve: "P-256"))
        #expect(await refused(nil, publicKey) == .privateKeyUnusable)
        #expect(await refused(nil, try TestKeys.ecPEM(curve: "P-256")) == nil)
    }

    @Test("of a set only public RS256 and ES256 keys with a name of their own are taken")
    func keySets() async throws {
        let pem = Secret(ES256PrivateKey().pemRepresentation)
        let key = try #require(try await TokenKeys(secret: nil, privateKey: pem).own?.publicKey?.object)
        func refused(_ change: (inout JSONObject) -> Void, twice: Bool = false) async -> Bool {
            var changed = key
            change(&changed)
            let set: JSONValue = ["keys": .array(Array(repeating: .object(changed), count: twice ? 2 : 1))]
            return await refusal { () async throws(TokenKeysError) in try await TokenKeys(secret: nil, keySet: set.text)
            } != nil
        }
        #expect(await !refused { _ in })
        #expect(await refused({ _ in }, twice: true))
        #expect(await refused { $0["kid"] = nil })
        #expect(await refused { $0["d"] = "AAAA" })
        #expect(await refused { $0["use"] = "enc" })
        #expect(await refused { $0["alg"] = "HS256" })
        #expect(await refused { $0["alg"] = "ES384" })
        #expect(await refused { $0["crv"] = "P-384" })
        #expect(await refused { $0["x"] = $0["y"] })
        #expect(await refused { $0["kty"] = "oct" })
        for text in ["", "[]", "{}", #"{"keys":[]}"#, #"{"keys":{}}"#, #"{"keys":[1]}"#] {
            let error = await refusal { () async throws(TokenKeysError) in
                try await TokenKeys(secret: nil, keySet: text)
            }
            #expect(error != nil, "\(text)")
        }
        // 1,024 bits.
        let modulus = Base64URL.encode([0x80] + RandomBytes.generate(count: 126) + [1])
        let weak: JSONValue = ["keys": [["kty": "RSA", "kid": "weak", "e": "AQAB", "n": .string(modulus)]]]
        let error = await refusal { () async throws(TokenKeysError) in
            try await TokenKeys(secret: nil, keySet: weak.text)
        }
        #expect(error == .keySetUnusable("/keys/0: n and e are no RSA key of 2,048 bits or more"))
    }

    @Test("after a change of keys the old one's tokens hold while its public key is in the set")
    func change() async throws {
        for old in [ES256PrivateKey().pemRepresentation, try TestKeys.rsaPEM()] {
            let before = try await TokenKeys(secret: nil, privateKey: Secret(old))
            try await IdentityUnderTest.with(keys: before) { identity in
                let issued = try await identity.tokens.issue(subject: "ada", role: .viewer, lifetime: .seconds(60))
                let new = Secret(ES256PrivateKey().pemRepresentation)
                func authority(_ keySet: String?) async throws -> TokenAuthority {
                    TokenAuthority(
                        keys: try await TokenKeys(secret: nil, privateKey: new, keySet: keySet),
                        issuer: "issuer",
                        audience: "audience",
                        redis: identity.redis,
                        now: identity.tokens.now
                    )
                }
                let after = try await authority(before.publicKeySet.text)
                #expect(try await after.verify(issued.token.value).subject == "ada")
                let without = try await authority(nil)
                let error = await refusal { () async throws(TokenError) in try await without.verify(issued.token.value)
                }
                #expect(error?.code == .badSignature)
                // Others' keys vouch for no second step.
                let stepUp = try await identity.tokens.sign(
                    subject: "ada",
                    kind: .stepUp(.purge, beside: issued.id),
                    lifetime: .seconds(60),
                    id: "x",
                    at: identity.tokens.now()
                )
                let principal = try await after.verify(issued.token.value)
                let step = StepUp(tokens: after, secondStep: identity.secondStep, lifetime: .seconds(60))
                let refused = await refusal { () async throws(TokenError) in
                    try await step.verify(stepUp.token.value, of: principal, for: .purge)
                }
                #expect(refused?.code == .badSignature)
            }
        }
    }

    @Test("the name of a key is its thumbprint, and is in the tokens that it signs")
    func thumbprint() async throws {
        let key = try #require(
            try await TokenKeys(secret: nil, privateKey: Secret(ES256PrivateKey().pemRepresentation)).own
        )
        let members = try #require(key.publicKey)
        let x = try #require(members["x"]?.string)
        let y = try #require(members["y"]?.string)
        // RFC 7638 §3: the required members in the order of their names, without blanks.
        let text = #"{"crv":"P-256","kty":"EC","x":"\#(x)","y":"\#(y)"}"#
        #expect(key.id == HandMadeToken.part(SHA256.hash(text.utf8)))
        #expect(members["d"] == nil)
    }
}
