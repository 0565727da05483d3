import Administration
import Identity
import JSON
import JobQueue
import Platform
import Testing

/// Setting up a second step: whoever has only stolen a token cannot.
@Suite struct EnrolmentTests {
    private static let password = "a password of bob's own"

    @Test("a second step is set up for the password, and a token alone gets none")
    func password() async throws {
        try await AdminUnderTest.with { admin in
            try await admin.accounts.add("bob", password: Self.password, role: .admin)
            let token = try await admin.token(.admin, of: "bob")
            func begin(_ body: JSONValue?) async -> AdminResponse {
                await admin.ask("POST", "me/second-step", token: token, body: body)
            }
            for body: JSONValue? in [nil, [:], ["password": .null]] { #expect(await begin(body).status == 422) }
            for wrong: JSONValue in ["", .string(AdminUnderTest.password)] {
                let refused = await begin(["password": wrong])
                #expect(refused.status == 403)
                #expect(refused.body?["code"] == "wrong-credentials")
                #expect(refused.body?["secret"] == nil)
            }
            let stepUp = await admin.ask(
                "POST",
                "step-up",
                token: token,
                body: ["code": "000000", "purpose": "tokens"]
            )
            #expect(stepUp.body?["detail"]?.string?.contains("no second step") == true)

            let begun = await begin(["password": .string(Self.password)])
            let device = AdminUnderTest.device(try #require(begun.body?["secret"]?.string, "\(begun)"))
            // Another device is not enrolled in the place of this one without the password.
            #expect(await begin(["password": "not bob's"]).status == 403)
            let confirmed = await admin.ask(
                "POST",
                "me/second-step/confirm",
                token: token,
                body: ["code": .string(device.code(at: WireTime.now.milliseconds))]
            )
            #expect(confirmed.body?["recovery_codes"]?.array?.count == 10, "\(confirmed)")
            #expect(await begin(["password": "not bob's"]).status == 403)
            let again = await begin(["password": .string(Self.password)])
            #expect(again.status == 409 && again.body?["secret"] == nil)
            #expect(admin.audit.records.allSatisfy { !$0.json.text.contains(Self.password) })
        }
    }

    @Test("guesses at it are counted with those at a sign-in")
    func guesses() async throws {
        // However long the hashes take, no wait ends meanwhile.
        let now = WireTime.now.milliseconds
        try await AdminUnderTest.with(now: { now }) { admin in
            try await admin.accounts.add("bob", password: Self.password, role: .viewer)
            let token = try await admin.token(.viewer, of: "bob")
            func answers(_ password: String) async -> [AdminResponse] {
                [
                    await admin.ask("POST", "me/second-step", token: token, body: ["password": .string(password)]),
                    await admin.ask("POST", "sessions", body: ["name": "bob", "password": .string(password)]),
                ]
            }
            for _ in 0..<2 { #expect(await answers("wrong").map(\.status) == [403, 401]) }
            #expect(await answers("wrong").map(\.status) == [403, 429])
            for answer in await answers(Self.password) {
                #expect(answer.status == 429)
                #expect(answer.body?["code"] == "locked-out")
                #expect(answer.header("Retry-After") != nil)
            }
        }
    }

    @Test("who has no password here has no second step, not on the host either")
    func nobody() async throws {
        try await AdminUnderTest.with { admin in
            let program = await admin.ask(
                "POST",
                "me/second-step",
                token: try await admin.token(.admin),
                body: ["password": .string(AdminUnderTest.password)]
            )
            #expect(program.status == 403)
            let request = AdminRequest(
                method: "POST",
                path: ["me", "second-step"],
                headers: ["content-type": "application/json"],
                body: JSONValue.object(["password": .string(AdminUnderTest.password)]).bytes,
                address: "local",
                requestID: "request-1"
            )
            let host = try await admin.api.respond(
                to: request,
                locallyAs: Principal(subject: "local:\(AdminUnderTest.person)", role: .admin)
            )
            #expect(host.status == 403)
        }
    }
}
