import Cryptography
import Redis
import TestSupport
import Testing

@testable import Identity

@Suite("Lock-out")
struct LockoutTests {
    @Test("fifty guesses at once get five tries, also at a name that nobody has", arguments: ["ada", "nobody"])
    func parallel(name: String) async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            let errors = await withTaskGroup { group in
                for guess in 0..<50 {
                    group.addTask {
                        await refusal { () async throws(IdentityError) in
                            try await identity.signIn.signIn(name, password: "guess \(guess)", from: "\(guess)")
                        }
                    }
                }
                return await group.reduce(into: [IdentityError?]()) { $0.append($1) }
            }
            #expect(errors.filter { $0 == .wrongCredentials }.count == 5)
            #expect(errors.filter { $0 == .lockedOut(retryAfter: .seconds(1)) }.count == 45)
        }
    }

    @Test("the wait doubles with each failure up to a quarter of an hour, and a success ends it")
    func backoff() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            var address = 0
            func attempt(_ password: String) async -> IdentityError? {
                address += 1
                return await refusal { () async throws(IdentityError) in
                    try await identity.signIn.signIn("ada", password: password, from: "\(address)")
                }
            }
            for _ in 0..<5 { #expect(await attempt("wrong") == .wrongCredentials) }
            for wait: Int64 in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
                #expect(await attempt(IdentityUnderTest.password) == .lockedOut(retryAfter: .seconds(wait)))
                identity.advance(seconds: wait - 1)
                #expect(await attempt(IdentityUnderTest.password) == .lockedOut(retryAfter: .seconds(1)))
                identity.advance(seconds: 1)
                #expect(await attempt("wrong") == .wrongCredentials)
            }
            identity.advance(seconds: 900)
            #expect(await attempt(IdentityUnderTest.password) == nil)
            for _ in 0..<5 { #expect(await attempt("wrong") == .wrongCredentials) }
            #expect(await attempt("wrong") == .lockedOut(retryAfter: .seconds(1)))
        }
    }

    @Test("one address is locked for guesses at many names; its successes cost it nothing")
    func address() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            func attempt(_ name: String, from address: String, _ password: String = "wrong") async -> IdentityError? {
                await refusal { () async throws(IdentityError) in
                    try await identity.signIn.signIn(name, password: password, from: address)
                }
            }
            for _ in 0..<20 { #expect(await attempt("ada", from: "192.0.2.1", IdentityUnderTest.password) == nil) }
            for index in 0..<5 { #expect(await attempt("name\(index)", from: "192.0.2.1") == .wrongCredentials) }
            #expect(await attempt("name9", from: "192.0.2.1") == .lockedOut(retryAfter: .seconds(1)))
            #expect(await attempt("name9", from: "192.0.2.2") == .wrongCredentials)
            // A success does not wash the address clean: who has an account of their own could guess on.
            identity.advance(seconds: 1)
            #expect(await attempt("ada", from: "192.0.2.1", IdentityUnderTest.password) == nil)
            identity.advance(seconds: 2)
            #expect(await attempt("name8", from: "192.0.2.1") == .wrongCredentials)
            #expect(await attempt("name8", from: "192.0.2.1") == .lockedOut(retryAfter: .seconds(2)))
        }
    }

    @Test("guesses at codes are locked as those at passwords are")
    func codes() async throws {
        try await IdentityUnderTest.with { identity in
            let (enrolment, _) = try await identity.addPerson("ada")
            let errors = await withTaskGroup { group in
                for _ in 0..<50 {
                    group.addTask {
                        await refusal { () async throws(IdentityError) in
                            try await identity.secondStep.verify("ada", code: "wrong!")
                        }
                    }
                }
                return await group.reduce(into: [IdentityError?]()) { $0.append($1) }
            }
            #expect(errors.filter { $0 == .wrongCode }.count == 5)
            let code = try identity.code(enrolment)
            let locked = await refusal { () async throws(IdentityError) in
                try await identity.secondStep.verify("ada", code: code)
            }
            #expect(locked == .lockedOut(retryAfter: .seconds(1)))
            identity.advance(seconds: 1)
            try await identity.secondStep.verify("ada", code: try identity.code(enrolment))
        }
    }

    @Test(
        "guesses at a password that signs nobody in count as those at a sign-in, and a right one leaves nothing behind"
    )
    func checks() async throws {
        try await IdentityUnderTest.with { identity in
            let (_, recovery) = try await identity.addPerson("ada")
            func check(_ password: String, _ code: String? = nil, from address: String) async -> IdentityError? {
                await refusal { () async throws(IdentityError) in
                    try await identity.signIn.check("ada", password: password, code: code, from: address)
                }
            }
            let right = IdentityUnderTest.password
            #expect(await check(right, from: "a") == .secondStepRequired)
            #expect(await check(right, "wrong!", from: "a") == .wrongCode)
            #expect(await check(right, recovery[0].value, from: "a") == nil)
            #expect(await check(right, recovery[0].value, from: "a") == .wrongCode)
            #expect(await check(right, recovery[1].value, from: "a") == nil)
            let sessions = try await identity.redis.send(RedisCommand("KEYS", "*refresh*")).array
            #expect(sessions?.isEmpty == true)
            for index in 0..<5 { #expect(await check("wrong", from: "\(index)") == .wrongCredentials) }
            #expect(await check(right, recovery[2].value, from: "b") == .lockedOut(retryAfter: .seconds(1)))
            let signIn = await refusal { () async throws(IdentityError) in
                try await identity.signIn.signIn("ada", password: right, code: recovery[2].value, from: "c")
            }
            #expect(signIn == .lockedOut(retryAfter: .seconds(1)))
        }
    }

    @Test("failures are forgotten in the end, and hostile names make no long keys")
    func memory() async throws {
        try await IdentityUnderTest.with { identity in
            for name in ["nobody", String(repeating: "x", count: 100_000)] {
                _ = await refusal { () async throws(IdentityError) in
                    try await identity.signIn.signIn(
                        name,
                        password: "wrong",
                        from: String(repeating: "y", count: 10_000)
                    )
                }
            }
            let keys = try await identity.redis.send(RedisCommand("KEYS", "*")).array?.compactMap(\.string) ?? []
            #expect(keys.count == 3)
            for key in keys {
                #expect(key.utf8.count < 120)
                let life = try #require(try await identity.redis.send(RedisCommand("PTTL", key)).integer)
                #expect((1...3_600_000).contains(life))
            }
        }
    }
}
