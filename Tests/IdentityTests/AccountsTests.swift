import Cryptography
import Redis
import TestSupport
import Testing

@testable import Identity

@Suite("People with passwords")
struct AccountsTests {
    @Test("names and passwords that are not good enough are refused by name")
    func rules() async throws {
        try await IdentityUnderTest.with { identity in
            func refused(_ name: String, _ password: String = IdentityUnderTest.password) async -> IdentityError? {
                await refusal { () async throws(IdentityError) in
                    try await identity.accounts.add(name, password: password, role: .viewer)
                }
            }
            for name in ["", "a b", "a:b", "é", "a\n", String(repeating: "a", count: 65)] {
                #expect(await refused(name) == .badName, "\(name)")
            }
            #expect(await refused("ada", "elevenchars") == .badPassword(.atLeastTwelveCharacters))
            #expect(await refused("ada", String(repeating: "é", count: 513)) == .badPassword(.atMost1024Bytes))
            #expect(await refused("Ada.Lovelace", "ada.lovelace1") == .badPassword(.notTheName))
            #expect(await refused("ada", "一二三四五六七八九十十一") == nil)
            #expect(await refused("ada") == .nameTaken)
        }
    }

    @Test("everybody is listed in order, and whoever is removed cannot go on")
    func removal() async throws {
        try await IdentityUnderTest.with { identity in
            for name in ["ben", "ada"] {
                try await identity.accounts.add(name, password: IdentityUnderTest.password, role: .viewer)
            }
            #expect(try await identity.accounts.list().map(\.name) == ["ada", "ben"])
            try await expectSignedOut(identity) { try await identity.accounts.remove("ada") }
            #expect(try await identity.accounts.list().map(\.name) == ["ben"])
            let unknown = await refusal { () async throws(IdentityError) in try await identity.accounts.remove("ada") }
            #expect(unknown == .unknownPerson)
            // A namesake is somebody else.
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .admin)
        }
    }

    @Test("another password signs the person out everywhere, and the old one is good for nothing")
    func password() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            try await expectSignedOut(identity) {
                try await identity.accounts.setPassword("another password", of: "ada")
            }
            let old = await refusal { () async throws(IdentityError) in
                try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            }
            #expect(old == .wrongCredentials)
            _ = try await identity.signIn.signIn("ada", password: "another password", from: "a")
        }
    }

    @Test("another role is in the next token, and tokens with the old one are taken back")
    func role() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .admin)
            try await expectSignedOut(identity) { try await identity.accounts.setRole(.viewer, of: "ada") }
            let session = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            #expect(try await identity.tokens.verify(session.access.token.value).role == .viewer)
        }
    }

    @Test("changes of one person at the same moment lose nothing")
    func race() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            let people = People(identity.redis)
            try await people.change("ada") {
                $0.secondStep = SecondStepRecord(
                    secret: "",
                    isConfirmed: false,
                    lastCounter: 0,
                    salt: "",
                    recoveryCodes: []
                )
            }
            try await withThrowingTaskGroup { group in
                for _ in 0..<20 {
                    group.addTask { try await people.change("ada") { $0.secondStep?.lastCounter += 1 } }
                }
                try await group.waitForAll()
            }
            #expect(try await people.find("ada")?.person.secondStep?.lastCounter == 20)
        }
    }

    @Test("too many passwords at once are refused, not queued without end; the lock-out does not count them")
    func busy() async throws {
        try await IdentityUnderTest.with(hashing: IdentityUnderTest.cheapHashing(exponent: 14, capacity: 2)) {
            identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            let errors = await withTaskGroup { group in
                for index in 0..<20 {
                    group.addTask {
                        await refusal { () async throws(IdentityError) in
                            try await identity.signIn.signIn("name\(index)", password: "wrong", from: "\(index)")
                        }
                    }
                }
                return await group.reduce(into: [IdentityError?]()) { $0.append($1) }
            }
            let busy = errors.filter { $0 == .busy }.count
            #expect(busy > 0)
            #expect(busy + errors.filter { $0 == .wrongCredentials }.count == 20)
            let counted = try await identity.redis.send(RedisCommand("KEYS", "*attempts:name:*")).array?.count
            #expect(counted == 20 - busy)
        }
    }

    @Test("a record that asks for all memory lets nobody in, and costs nothing")
    func damagedRecord() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .viewer)
            let record = try await identity.redis.send(RedisCommand("HGET", "test:{identity}:people", "ada")).string
            let damaged = try #require(record).replacing(#""n":4"#, with: #""n":40"#)
            #expect(damaged != record)
            _ = try await identity.redis.send(RedisCommand("HSET", "test:{identity}:people", "ada", damaged))
            let error = await refusal { () async throws(IdentityError) in
                try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            }
            #expect(error == .wrongCredentials)
        }
    }

    /// Signs ada in, lets something happen, and expects that neither of her tokens is good any more.
    private func expectSignedOut(_ identity: IdentityUnderTest, after change: () async throws -> Void) async throws {
        let session = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
        try await change()
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
