import Cryptography
import Redis
import TestSupport
import Testing

@testable import Identity

@Suite("Signing in")
struct SignInTests {
    @Test("the right password gives a session, whose tokens say who it is")
    func session() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .operator)
            let session = try await identity.signIn.signIn(
                "ada",
                password: IdentityUnderTest.password,
                from: "192.0.2.1"
            )
            #expect(session.role == .operator)
            let principal = try await identity.tokens.verify(session.access.token.value)
            #expect(principal.subject == "ada")
            #expect(principal.role == .operator)
            #expect(session.refreshExpiresAt == identity.tokens.now() + 28_800_000)
        }
    }

    @Test("a wrong password, a name that nobody has and one that nobody can have are refused alike")
    func refusals() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            for (name, password) in [
                ("ada", "wrong"), ("ada", ""), ("ada", String(repeating: "a", count: 100_000)),
                ("ben", IdentityUnderTest.password), ("", ""), (String(repeating: "b", count: 10_000), "x"),
                ("a:b\n", "x"),
            ] {
                let error = await refusal { () async throws(IdentityError) in
                    try await identity.signIn.signIn(
                        name,
                        password: password,
                        from: "\(name.prefix(9))\(password.count)"
                    )
                }
                #expect(error == .wrongCredentials)
            }
        }
    }

    @Test("a name that nobody has, or can have, costs a hash as one that somebody has")
    func unknownNames() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            // Where nothing may be hashed, whoever needs a hash is told so.
            let full = IdentityUnderTest(
                server: identity.server,
                redis: identity.redis,
                keys: try await TokenKeys(secret: IdentityUnderTest.secret),
                hashing: IdentityUnderTest.cheapHashing(capacity: 0),
                sealing: nil
            )
            for name in ["ada", "nobody", "a:b"] {
                let error = await refusal { () async throws(IdentityError) in
                    try await full.signIn.signIn(name, password: "wrong", from: "a")
                }
                #expect(error == .busy)
            }
            #expect(PasswordHash.nobodys(.standard).parameters == .standard)
        }
    }

    @Test("a refresh token is good once; its second use ends the whole sign-in, access tokens and all")
    func reuse() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            let first = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            let other = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            let second = try await identity.signIn.refresh(first.refresh.value)
            let third = try await identity.signIn.refresh(second.refresh.value)
            #expect(third.refreshExpiresAt == first.refreshExpiresAt)
            _ = try await identity.tokens.verify(third.access.token.value)
            let reused = await refusal { () async throws(IdentityError) in
                try await identity.signIn.refresh(first.refresh.value)
            }
            #expect(reused == .refreshReused)
            let last = await refusal { () async throws(IdentityError) in
                try await identity.signIn.refresh(third.refresh.value)
            }
            #expect(last == .signedOut)
            for session in [first, second, third] {
                let error = await refusal { () async throws(TokenError) in
                    try await identity.tokens.verify(session.access.token.value)
                }
                #expect(error?.code == .revoked)
            }
            _ = try await identity.tokens.verify(other.access.token.value)
            _ = try await identity.signIn.refresh(other.refresh.value)
        }
    }

    @Test("of two who use one refresh token at the same moment at most one is served")
    func race() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            for _ in 0..<10 {
                let session = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
                async let one = refusal { () async throws(IdentityError) in
                    try await identity.signIn.refresh(session.refresh.value)
                }
                async let two = refusal { () async throws(IdentityError) in
                    try await identity.signIn.refresh(session.refresh.value)
                }
                let errors = await [one, two]
                #expect(errors.contains(.refreshReused))
                #expect(errors.filter { $0 == nil }.count <= 1)
            }
        }
    }

    @Test("a sign-in ends when its time is over, however often it was refreshed")
    func end() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            var session = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            identity.advance(seconds: 28_000)
            session = try await identity.signIn.refresh(session.refresh.value)
            identity.advance(seconds: 801)
            let error = await refusal { () async throws(IdentityError) in
                try await identity.signIn.refresh(session.refresh.value)
            }
            #expect(error == .signedOut)
        }
    }

    @Test("signing out ends the session's tokens; what nobody knows signs nobody out")
    func signOut() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            let session = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            #expect(try await identity.signIn.signOut("unknown") == nil)
            #expect(try await identity.signIn.signOut(session.refresh.value) == "ada")
            let access = await refusal { () async throws(TokenError) in
                try await identity.tokens.verify(session.access.token.value)
            }
            #expect(access?.code == .revoked)
            let refresh = await refusal { () async throws(IdentityError) in
                try await identity.signIn.refresh(session.refresh.value)
            }
            #expect(refresh == .signedOut)
        }
    }

    @Test("who has a second step needs a code, and the same code does not sign in twice")
    func secondStep() async throws {
        try await IdentityUnderTest.with { identity in
            let (enrolment, recovery) = try await identity.addPerson("ada")
            func attempt(_ code: String?, password: String = IdentityUnderTest.password) async -> IdentityError? {
                await refusal { () async throws(IdentityError) in
                    try await identity.signIn.signIn("ada", password: password, code: code, from: "a")
                }
            }
            let code = try identity.code(enrolment)
            #expect(await attempt(nil) == .secondStepRequired)
            #expect(await attempt(nil, password: "wrong") == .wrongCredentials)
            #expect(await attempt("000000") == .wrongCode)
            #expect(await attempt(code) == nil)
            #expect(await attempt(code) == .wrongCode)
            #expect(await attempt(recovery[0].value) == nil)
            #expect(await attempt(recovery[0].value) == .wrongCode)
        }
    }

    @Test("a hash that cost less than new ones do is made anew at the next sign-in")
    func rehash() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            let dearer = IdentityUnderTest(
                server: identity.server,
                redis: identity.redis,
                keys: try await TokenKeys(secret: IdentityUnderTest.secret),
                hashing: IdentityUnderTest.cheapHashing(exponent: 6),
                sealing: nil
            )
            let people = People(identity.redis)
            let before = try #require(try await people.find("ada")?.person)
            let session = try await dearer.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            let after = try #require(try await people.find("ada")?.person)
            #expect(before.password.costExponent == 4)
            #expect(after.password.costExponent == 6)
            // It is the same person still, signed in and able to sign in.
            _ = try await dearer.signIn.refresh(session.refresh.value)
            _ = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            #expect(try await people.find("ada")?.person.password == after.password)
        }
    }

    @Test("no password, refresh token, one-time secret or recovery code is in Redis in clear")
    func nothingInClear() async throws {
        try await IdentityUnderTest.with { identity in
            let (enrolment, recovery) = try await identity.addPerson("ada")
            let session = try await identity.signIn.signIn(
                "ada",
                password: IdentityUnderTest.password,
                code: try identity.code(enrolment),
                from: "a"
            )
            let secret = try base32Decoded(enrolment.secret.value)
            let planted =
                [
                    IdentityUnderTest.password, session.refresh.value, session.access.token.value,
                    enrolment.secret.value, Base64.encode(secret), Hex.encode(secret),
                ] + recovery.map(\.value) + recovery.map { $0.value.replacing("-", with: "") }
            let keys = try await identity.redis.send(RedisCommand("KEYS", "*")).array ?? []
            // People, tokens, the refresh token and its family.
            #expect(keys.count == 4)
            for key in keys.compactMap(\.string) {
                #expect(key.hasPrefix("test:{identity}:"))
                let value =
                    switch try await identity.redis.send(RedisCommand("TYPE", key)).string {
                    case "hash": try await identity.redis.send(RedisCommand("HGETALL", key))
                    case "zset": try await identity.redis.send(RedisCommand("ZRANGE", key, 0, -1))
                    default: try await identity.redis.send(RedisCommand("GET", key))
                    }
                let text = key + (value.array ?? [value]).compactMap(\.string).joined(separator: "\n")
                for secret in planted { #expect(!text.lowercased().contains(secret.lowercased())) }
            }
        }
    }
}
