import Cryptography
import Redis
import TestSupport
import Testing

@testable import Identity

@Suite("The second step")
struct SecondStepTests {
    @Test("it counts once a code was confirmed, and what oathtool shows is such a code")
    func setUp() async throws {
        try await IdentityUnderTest.with { identity in
            try await identity.accounts.add("ada", password: IdentityUnderTest.password, role: .admin)
            func refused(_ code: String) async -> IdentityError? {
                await refusal { () async throws(IdentityError) in
                    try await identity.secondStep.verify("ada", code: code)
                }
            }
            #expect(await refused("000000") == .noSecondStep)
            let old = try await identity.secondStep.begin("ada")
            let enrolment = try await identity.secondStep.begin("ada")
            #expect(enrolment.secret != old.secret)
            #expect(await refused(try identity.code(enrolment)) == .noSecondStep)
            // Not set up, so the password is enough.
            _ = try await identity.signIn.signIn("ada", password: IdentityUnderTest.password, from: "a")
            let oldCode = try identity.code(old)
            let wrong = await refusal { () async throws(IdentityError) in
                try await identity.secondStep.confirm("ada", code: oldCode)
            }
            #expect(wrong == .wrongCode)
            let seconds = identity.tokens.now() / 1_000
            let shown = try TestKeys.run(
                "oathtool",
                ["--totp", "--base32", "--now=@\(seconds)", enrolment.secret.value]
            )
            let recovery = try await identity.secondStep.confirm("ada", code: String(shown.dropLast()))
            #expect(recovery.count == 10)
            #expect(Set(recovery.map(\.value)).count == 10)
            #expect(recovery.allSatisfy { $0.value.utf8.count == 19 })
            #expect(try await identity.accounts.list().map(\.hasSecondStep) == [true])
            let again = await refusal { () async throws(IdentityError) in try await identity.secondStep.begin("ada") }
            #expect(again == .secondStepExists)
            // The code that confirmed it is used up.
            #expect(await refused(try identity.code(enrolment)) == .wrongCode)
            try await identity.secondStep.verify("ada", code: try identity.code(enrolment, step: 1))
            try await identity.secondStep.remove("ada")
            #expect(await refused(try identity.code(enrolment, step: 1)) == .noSecondStep)
        }
    }

    @Test("of many who show one code at the same moment one is let in")
    func race() async throws {
        try await IdentityUnderTest.with { identity in
            let (enrolment, recovery) = try await identity.addPerson("ada")
            for code in [try identity.code(enrolment), recovery[3].value] {
                let errors = await withTaskGroup { group in
                    for _ in 0..<5 {
                        group.addTask {
                            await refusal { () async throws(IdentityError) in
                                try await identity.secondStep.verify("ada", code: code)
                            }
                        }
                    }
                    return await group.reduce(into: [IdentityError?]()) { $0.append($1) }
                }
                #expect(errors.filter { $0 == nil }.count == 1)
                identity.advance(seconds: 900)
            }
        }
    }

    @Test("a recovery code is good once, however it is typed, and is nobody else's")
    func recovery() async throws {
        try await IdentityUnderTest.with { identity in
            let (_, codes) = try await identity.addPerson("ada")
            try await identity.addPerson("ben")
            func refused(_ name: String, _ code: String) async -> IdentityError? {
                await refusal { () async throws(IdentityError) in try await identity.secondStep.verify(name, code: code)
                }
            }
            #expect(await refused("ben", codes[0].value) == .wrongCode)
            #expect(await refused("ada", codes[0].value) == nil)
            #expect(await refused("ada", codes[0].value) == .wrongCode)
            #expect(await refused("ada", codes[1].value.uppercased().replacing("-", with: " ")) == nil)
            #expect(await refused("ada", codes[1].value.replacing("-", with: "")) == .wrongCode)
            #expect(await refused("ada", "") == .wrongCode)
        }
    }

    @Test("a sealed secret that is moved to another person, or a key that is missing, lets nobody in")
    func sealed() async throws {
        try await IdentityUnderTest.with { identity in
            let (enrolment, _) = try await identity.addPerson("eve")
            try await identity.addPerson("ada")
            let people = People(identity.redis)
            let stolen = try #require(try await people.find("eve")?.person.secondStep)
            try await people.change("ada") { $0.secondStep?.secret = stolen.secret }
            let code = try identity.code(enrolment)
            let moved = await refusal { () async throws(IdentityError) in
                try await identity.secondStep.verify("ada", code: code)
            }
            #expect(moved == .sealed)
            let keyless = SecondStep(redis: identity.redis, sealing: nil, issuer: "x", now: identity.tokens.now)
            let missing = await refusal { () async throws(IdentityError) in try await keyless.verify("eve", code: code)
            }
            #expect(missing == .sealed)
        }
    }

    @Test("a step-up holds for one purpose, one sign-in and a few minutes, and is no access token")
    func stepUp() async throws {
        try await IdentityUnderTest.with { identity in
            let (enrolment, recovery) = try await identity.addPerson("ada")
            let session = try await identity.signIn.signIn(
                "ada",
                password: IdentityUnderTest.password,
                code: recovery[0].value,
                from: "a"
            )
            let access = session.access.token.value
            let principal = try await identity.tokens.verify(access)
            let code = try identity.code(enrolment)
            let step = try await identity.stepUp.stepUp(principal, code: code, purpose: .plugins)
            func refused(
                _ token: String,
                _ principal: Principal,
                _ purpose: StepUpPurpose = .plugins
            ) async -> TokenError.Code? {
                await refusal { () async throws(TokenError) in
                    try await identity.stepUp.verify(token, of: principal, for: purpose)
                }?.code
            }
            let token = step.token.value
            #expect(await refused(token, principal) == nil)
            for purpose in StepUpPurpose.allCases where purpose != .plugins {
                #expect(await refused(token, principal, purpose) == .wrongPurpose)
            }
            let next = try await identity.tokens.verify(
                try await identity.signIn.refresh(session.refresh.value).access.token.value
            )
            #expect(await refused(token, next) == .wrongPurpose)
            #expect(
                await refused(token, Principal(subject: "ben", role: .admin, tokenID: principal.tokenID))
                    == .wrongPurpose
            )
            #expect(await refused(token, Principal(subject: "ada", role: .admin)) == .wrongPurpose)
            #expect(await refused(access, principal) == .malformed)
            #expect(await refused("", principal) == .missing)
            let asAccess = await refusal { () async throws(TokenError) in try await identity.tokens.verify(token) }
            #expect(asAccess?.code == .malformed)
            let replayed = await refusal { () async throws(IdentityError) in
                try await identity.stepUp.stepUp(principal, code: code, purpose: .purge)
            }
            #expect(replayed == .wrongCode)
            let unknown = await refusal { () async throws(IdentityError) in
                try await identity.stepUp.stepUp(
                    Principal(subject: "ci", role: .admin, tokenID: "x"),
                    code: code,
                    purpose: .purge
                )
            }
            #expect(unknown == .noSecondStep)
            identity.advance(seconds: 330)
            #expect(await refused(token, principal) == .expired)
        }
    }
}
