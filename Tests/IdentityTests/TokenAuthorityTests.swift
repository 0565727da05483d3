import Cryptography
import Redis
import TestSupport
import Testing

@testable import Identity

@Suite("Access tokens")
struct TokenAuthorityTests {
    @Test("a token holds until its end, give or take what clocks may differ")
    func life() async throws {
        try await IdentityUnderTest.with { identity in
            let issued = try await identity.tokens.issue(subject: "ada", role: .operator, lifetime: .seconds(60))
            let principal = try await identity.tokens.verify(issued.token.value)
            #expect(
                principal
                    == Principal(subject: "ada", role: .operator, tokenID: issued.id, expiresAt: issued.expiresAt)
            )
            identity.advance(seconds: 89)
            _ = try await identity.tokens.verify(issued.token.value)
            identity.advance(seconds: 1)
            let late = await refusal { () async throws(TokenError) in
                try await identity.tokens.verify(issued.token.value)
            }
            #expect(late?.code == .expired)
            identity.advance(seconds: -121)
            let early = await refusal { () async throws(TokenError) in
                try await identity.tokens.verify(issued.token.value)
            }
            #expect(early?.code == .notYetValid)
        }
    }

    @Test("nothing is issued for nobody, for people on the host, for ever, or without a key")
    func refusals() async throws {
        try await IdentityUnderTest.with { identity in
            for (subject, lifetime) in [
                ("", Duration.seconds(60)), ("local:root", .seconds(60)),
                (String(repeating: "a", count: 257), .seconds(60)),
                ("a\u{7}", .seconds(60)), ("ada", .zero), ("ada", .seconds(86_401)), ("ada", .milliseconds(999)),
            ] {
                let error = await refusal { () async throws(TokenError) in
                    try await identity.tokens.issue(subject: subject, role: .viewer, lifetime: lifetime)
                }
                #expect(error?.code == .notIssued, "\(subject)")
            }
        }
    }

    @Test("a token that was taken back is refused at once, and Redis forgets it once it has ended")
    func revocation() async throws {
        try await IdentityUnderTest.with { identity in
            let one = try await identity.tokens.issue(subject: "ada", role: .viewer, lifetime: .seconds(60))
            let other = try await identity.tokens.issue(subject: "ada", role: .viewer, lifetime: .seconds(60))
            try await identity.tokens.revoke(one.id, until: one.expiresAt)
            let error = await refusal { () async throws(TokenError) in try await identity.tokens.verify(one.token.value)
            }
            #expect(error?.code == .revoked)
            _ = try await identity.tokens.verify(other.token.value)
            let life = try await identity.redis.send(RedisCommand("PTTL", "test:{identity}:revoked:\(one.id)")).integer
            #expect((80_000...90_000).contains(try #require(life)))
        }
    }

    @Test("those of one subject are taken back together, and nobody else's")
    func revokeAll() async throws {
        try await IdentityUnderTest.with { identity in
            var issued: [IssuedToken] = []
            for subject in ["ada", "ada", "ben"] {
                issued.append(try await identity.tokens.issue(subject: subject, role: .viewer, lifetime: .seconds(60)))
            }
            try await identity.tokens.revokeAll(of: "ada")
            for (token, isRevoked) in zip(issued, [true, true, false]) {
                let error = await refusal { () async throws(TokenError) in
                    try await identity.tokens.verify(token.token.value)
                }
                #expect((error?.code == .revoked) == isRevoked)
            }
            #expect(try await identity.tokens.list().map(\.id) == [issued[2].id])
        }
    }

    @Test("the list has those that hold, with the last to end first, and forgets the others")
    func list() async throws {
        try await IdentityUnderTest.with { identity in
            _ = try await identity.tokens.issue(subject: "short", role: .viewer, lifetime: .seconds(10))
            let long = try await identity.tokens.issue(subject: "long", role: .admin, lifetime: .seconds(600))
            _ = try await identity.tokens.issue(subject: "middle", role: .viewer, lifetime: .seconds(60))
            #expect(try await identity.tokens.list().map(\.subject) == ["long", "middle", "short"])
            #expect(try await identity.tokens.list(limit: 1).map(\.id) == [long.id])
            identity.advance(seconds: 11)
            #expect(try await identity.tokens.list().map(\.subject) == ["long", "middle"])
            let count = try await identity.redis.send(RedisCommand("ZCARD", "test:{identity}:tokens")).integer
            #expect(count == 2)
        }
    }

    @Test("where Redis hangs, a token is refused in time")
    func hangs() async throws {
        try await IdentityUnderTest.with { identity in
            let issued = try await identity.tokens.issue(subject: "ada", role: .viewer, lifetime: .seconds(60))
            identity.server.pause()
            defer { identity.server.resume() }
            let error = await refusal { () async throws(TokenError) in
                try await identity.tokens.verify(issued.token.value)
            }
            #expect(error == .unavailable)
        }
    }

    @Test("where Redis is gone, no token is taken and none is issued")
    func closed() async throws {
        try await IdentityUnderTest.with { identity in
            let issued = try await identity.tokens.issue(subject: "ada", role: .viewer, lifetime: .seconds(60))
            identity.server.kill()
            let error = await refusal { () async throws(TokenError) in
                try await identity.tokens.verify(issued.token.value)
            }
            #expect(error == .unavailable)
            let other = await refusal { () async throws(TokenError) in
                try await identity.tokens.issue(subject: "ada", role: .viewer, lifetime: .seconds(60))
            }
            #expect(other == .unavailable)
        }
    }
}
