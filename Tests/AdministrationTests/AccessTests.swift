import Administration
import Cryptography
import Identity
import JSON
import JobQueue
import Platform
import Testing

/// Every route, asked with every kind of token: who may not get in is told so, whatever the route does.
@Suite struct AccessTests {
    /// What somebody shows, and what they must be told.
    enum Credential: String, CaseIterable {
        case nothing, garbage, otherScheme, expired, notYetValid, otherAudience, otherIssuer, otherKey, unsigned
        case revoked, stepUpToken
    }

    @Test("nobody gets in with a token that is none, too old, for others, of others, unsigned or taken back")
    func credentials() async throws {
        try await AdminUnderTest.with { admin in
            for credential in Credential.allCases {
                let header = try await Self.header(credential, admin)
                for route in admin.api.routes where route.access != .anybody {
                    let answer = await admin.ask(route, headers: header.map { ["authorization": $0] } ?? [:])
                    #expect(answer.status == 401, "\(credential) at \(route.action)")
                    #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
                    #expect(answer.body?["code"]?.string == "unauthorized")
                }
            }
            #expect(admin.audit.records.isEmpty)
        }
    }

    @Test("each role may what it may, and no more", arguments: Role.allCases)
    func roles(role: Role) async throws {
        try await AdminUnderTest.with { admin in
            let token = try await admin.token(role)
            for route in admin.api.routes {
                guard case .role(let needed) = route.access else { continue }
                let answer = await admin.ask(route, token: token)
                let code = answer.body?["code"]?.string
                if role < needed {
                    #expect(answer.status == 403, "\(role) at \(route.action)")
                    #expect(code == "role-too-low")
                } else {
                    #expect(
                        code != "role-too-low" && answer.status != 401,
                        "\(role) at \(route.action): \(answer.status)"
                    )
                    #expect((code == "step-up-required") == (route.stepUp != nil), "\(route.action): \(code ?? "")")
                }
            }
        }
    }

    @Test("a second step lets through for its purpose alone, beside its own token alone")
    func secondStep() async throws {
        try await AdminUnderTest.with { admin in
            let session = await admin.ask(
                "POST",
                "sessions",
                body: [
                    "name": .string(AdminUnderTest.person), "password": .string(AdminUnderTest.password),
                    "code": .string(admin.totp.code(at: WireTime.now.milliseconds)),
                ]
            )
            let token = try #require(session.body?["access_token"]?.string, "\(session)")
            let stepUp = await admin.ask(
                "POST",
                "step-up",
                token: token,
                body: [
                    "code": .string(admin.totp.code(at: WireTime.now.milliseconds + 30_000)), "purpose": "purge",
                ]
            )
            let proof = try #require(stepUp.body?["token"]?.string, "\(stepUp)")
            for route in admin.api.routes where route.stepUp != nil {
                let own = await admin.ask(route, token: token, headers: ["step-up": proof])
                let isLetThrough = own.body?["code"]?.string != "step-up-required"
                #expect(isLetThrough == (route.stepUp == .purge), "\(route.action): \(own.status)")
                let others = await admin.ask(route, token: try await admin.token(.admin), headers: ["step-up": proof])
                #expect(others.body?["code"]?.string == "step-up-required", "\(route.action)")
            }
            let asToken = await admin.ask("GET", "me", token: proof)
            #expect(asToken.status == 401)
        }
    }

    @Test("without a key nobody gets in, and is told what to set")
    func closed() async throws {
        for secret in [["JWT_SECRET": ""], ["JWT_SECRET": "short"]] {
            try await AdminUnderTest.with(secret) { admin in
                let answer = await admin.ask("GET", "queues", token: try await admin.token(.admin))
                #expect(answer.status == 403)
                #expect(answer.body?["code"]?.string == "closed")
            }
        }
    }

    // MARK: What is asked

    private static func header(_ credential: Credential, _ admin: AdminUnderTest) async throws -> String? {
        let redis = admin.redis
        func token(_ authority: TokenAuthority) async throws -> String {
            try await authority.issue(subject: "robot", role: .admin, lifetime: .seconds(60)).token.value
        }
        switch credential {
        case .nothing: return nil
        case .garbage: return "Bearer a.b.c"
        case .otherScheme: return "Basic \(Base64.encode(Array("ada:password".utf8)))"
        case .expired: return "Bearer \(try await token(AdminUnderTest.authority(redis, ahead: -3_600_000)))"
        case .notYetValid: return "Bearer \(try await token(AdminUnderTest.authority(redis, ahead: 3_600_000)))"
        case .otherAudience: return "Bearer \(try await token(AdminUnderTest.authority(redis, audience: "another")))"
        case .otherIssuer: return "Bearer \(try await token(AdminUnderTest.authority(redis, issuer: "another")))"
        case .otherKey:
            let keys = try await TokenKeys(secret: Secret(String(repeating: "x", count: 40)))
            let other = try await AdminUnderTest.authority(redis, keys: keys)
            return "Bearer \(try await token(other))"
        case .unsigned:
            let good = try await admin.token(.admin).split(separator: ".")
            let header = Base64.encode(Array(#"{"alg":"none","typ":"JWT"}"#.utf8)).filter { $0 != "=" }
            return "Bearer \(header).\(good[1])."
        case .revoked:
            let authority = try await AdminUnderTest.authority(redis)
            let issued = try await authority.issue(subject: "robot", role: .admin, lifetime: .seconds(60))
            try await authority.revoke(issued.id)
            return "Bearer \(issued.token.value)"
        case .stepUpToken:
            let authority = try await AdminUnderTest.authority(redis)
            let access = try await authority.verify(
                try await authority.issue(subject: AdminUnderTest.person, role: .admin, lifetime: .seconds(60)).token
                    .value
            )
            let secondStep = SecondStep(
                redis: redis,
                sealing: try SealingKey(Secret(String(repeating: "0f", count: 32))),
                issuer: "test",
                now: { WireTime.now.milliseconds }
            )
            let stepUp = StepUp(tokens: authority, secondStep: secondStep, lifetime: .seconds(60))
            let code = admin.totp.code(at: WireTime.now.milliseconds)
            return "Bearer \(try await stepUp.stepUp(access, code: code, purpose: .tokens).token.value)"
        }
    }
}
