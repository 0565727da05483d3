import Cryptography
import Identity
import JSON

/// Signing in and out, and second steps: what people do about themselves.
struct SessionRoutes {
    let signIn: SignIn
    let accounts: Accounts
    let secondStep: SecondStep
    let stepUp: StepUp
    let keys: TokenKeys

    var routes: [AdminRoute] { [begin, refresh, end, whoami, password, enrol, confirm, raise, keySet] }

    private var begin: AdminRoute {
        AdminRoute(.post, "/sessions", "sessions.begin", .anybody, "Signs in with a name and a password.") { call in
            let name = call.body["name"]?.string ?? ""
            do throws(IdentityError) {
                let session = try await signIn.signIn(
                    name,
                    password: call.body["password"]?.string ?? "",
                    code: call.body["code"]?.string,
                    from: call.request.address
                )
                return Self.reply(session)
            } catch {
                throw AdminProblem(error).said(of: name)
            }
        }
        .taking(
            Schemas.object(
                [
                    "name": .object(Schemas.text(64)), "password": .object(Schemas.text(1_024)),
                    "code": .object(Schemas.text(64, "A code of the second step, where there is one.")),
                ],
                required: ["name", "password"]
            )
        )
        .answering(Self.session)
        .refusing(401)
    }

    private var refresh: AdminRoute {
        AdminRoute(
            .post,
            "/sessions/refresh",
            "sessions.refresh",
            .anybody,
            "Gives a new token for a refresh token, which is good once."
        ) { call in
            Self.reply(try await signIn.refresh(call.body["refresh_token"]?.string ?? ""))
        }
        .taking(Self.refreshToken)
        .answering(Self.session)
        .refusing(401)
    }

    private var end: AdminRoute {
        AdminRoute(.post, "/sessions/end", "sessions.end", .anybody, "Signs out.") { call in
            var reply = AdminReply.none
            reply.actor = try await signIn.signOut(call.body["refresh_token"]?.string ?? "")
            return reply
        }
        .taking(Self.refreshToken)
        .answering(204, nil)
    }

    private var whoami: AdminRoute {
        AdminRoute(.get, "/me", "me.show", .role(.viewer), "Tells who the token is.") { call in
            AdminReply([
                "subject": .string(call.subject), "role": .string(call.principal?.role.rawValue ?? ""),
                "expires_at": call.principal?.expiresAt.map { .integer($0) } ?? .null,
            ])
        }
        .answering(
            Schemas.shown([
                "subject": Schemas.of("string"), "role": Schemas.of("string"), "expires_at": Schemas.orNull("integer"),
            ])
        )
    }

    private var password: AdminRoute {
        AdminRoute(
            .post,
            "/me/password",
            "me.password",
            .role(.viewer),
            "Changes one's own password; every sign-in of before ends."
        ) { call in
            do {
                try await checkPassword(call)
            } catch IdentityError.secondStepRequired {
                throw Self.refused("a code of the second step is needed, too")
            }
            try await accounts.setPassword(call.body["new_password"]?.string ?? "", of: call.subject)
            return .none
        }
        .taking(
            Schemas.object(
                [
                    "password": .object(Schemas.text(1_024)), "new_password": .object(Schemas.text(1_024)),
                    "code": .object(Schemas.text(64)),
                ],
                required: ["password", "new_password"]
            )
        )
        .answering(204, nil)
        .refusing(404, 409)
    }

    private var enrol: AdminRoute {
        AdminRoute(
            .post,
            "/me/second-step",
            "me.second_step.begin",
            .role(.viewer),
            "Makes the secret of a second step (TOTP), for one's password; it counts once a code of it was confirmed."
        ) { call in
            // Whoever has stolen a token would else enrol a device of their own, and with it do what is sensitive.
            do {
                try await checkPassword(call)
            } catch IdentityError.secondStepRequired {
                throw IdentityError.secondStepExists
            }
            let enrolment = try await secondStep.begin(call.subject)
            return AdminReply(["secret": .string(enrolment.secret.value), "uri": .string(enrolment.uri.value)])
        }
        .taking(Schemas.object(["password": .object(Schemas.text(1_024))], required: ["password"]))
        .answering(Schemas.shown(["secret": Schemas.of("string"), "uri": Schemas.of("string")]))
        .refusing(404, 409)
    }

    private var confirm: AdminRoute {
        AdminRoute(
            .post,
            "/me/second-step/confirm",
            "me.second_step.confirm",
            .role(.viewer),
            "Sets the second step up, and shows its recovery codes this once."
        ) { call in
            let codes = try await secondStep.confirm(call.subject, code: call.body["code"]?.string ?? "")
            return AdminReply(["recovery_codes": .array(codes.map { .string($0.value) })])
        }
        .taking(Schemas.object(["code": .object(Schemas.text(64))], required: ["code"]))
        .answering(Schemas.shown(["recovery_codes": .object(Schemas.list(of: ["type": "string"]))]))
        .refusing(404, 409)
    }

    private var raise: AdminRoute {
        AdminRoute(
            .post,
            "/step-up",
            "step_up",
            .role(.viewer),
            "Gives a token for one kind of sensitive operation, for a code of the second step; sent as Step-Up."
        ) { call in
            guard let principal = call.principal,
                let purpose = call.body["purpose"]?.string.flatMap({ StepUpPurpose(rawValue: $0) })
            else { throw AdminProblem.invalid([.init("/purpose", "expected a purpose")]) }
            let token = try await stepUp.stepUp(principal, code: call.body["code"]?.string ?? "", purpose: purpose)
            return AdminReply(["token": .string(token.token.value), "expires_at": .integer(token.expiresAt)])
        }
        .taking(
            Schemas.object(
                [
                    "code": .object(Schemas.text(64)),
                    "purpose": .object(Schemas.choice(StepUpPurpose.allCases.map(\.rawValue))),
                ],
                required: ["code", "purpose"]
            )
        )
        .answering(Schemas.shown(["token": Schemas.of("string"), "expires_at": Schemas.of("integer")]))
        .refusing(409)
    }

    private var keySet: AdminRoute {
        AdminRoute(
            .get,
            "/jwks.json",
            "jwks",
            .anybody,
            "The public keys of our tokens (RFC 7517); empty where a secret signs them."
        ) { _ in
            AdminReply(keys.publicKeySet)
        }
        .answering(Schemas.shown(["keys": .object(Schemas.list(of: Schemas.anything))]))
    }

    /// Throws `AdminProblem` or `IdentityError` where it is not the person's; `.secondStepRequired` where only a code is
    /// missing.
    private func checkPassword(_ call: AdminCall) async throws {
        do throws(IdentityError) {
            try await signIn.check(
                call.subject,
                password: call.body["password"]?.string ?? "",
                code: call.body["code"]?.string,
                from: call.request.address
            )
        } catch {
            guard error == .wrongCredentials else { throw error }
            throw Self.refused("the password is wrong; who signs in elsewhere, or is a program, has none here")
        }
    }

    /// Who it is, the token has said: 401 would ask for another one.
    private static func refused(_ detail: String) -> AdminProblem { AdminProblem(403, "wrong-credentials", detail) }

    private static let refreshToken = Schemas.object(
        ["refresh_token": .object(Schemas.text(512))],
        required: ["refresh_token"]
    )

    private static let session = Schemas.shown([
        "access_token": Schemas.of("string"), "token_type": Schemas.of("string"), "expires_at": Schemas.of("integer"),
        "refresh_token": Schemas.of("string"), "refresh_expires_at": Schemas.of("integer"),
        "subject": Schemas.of("string"), "role": Schemas.of("string"),
    ])

    private static func reply(_ session: Session) -> AdminReply {
        var reply = AdminReply([
            "access_token": .string(session.access.token.value), "token_type": "Bearer",
            "expires_at": .integer(session.access.expiresAt), "refresh_token": .string(session.refresh.value),
            "refresh_expires_at": .integer(session.refreshExpiresAt), "subject": .string(session.subject),
            "role": .string(session.role.rawValue),
        ])
        reply.actor = session.subject
        return reply
    }
}

extension AdminProblem {
    /// What signing in, a second step, or a change of people was refused for.
    init(_ error: IdentityError) {
        switch error {
        case .badName: self = .invalid([.init("/name", "\(error)")])
        case .badPassword: self = .invalid([.init("/password", "\(error)")])
        case .nameTaken, .secondStepExists, .noSecondStep, .sealed: self.init(409, "refused", "\(error)")
        case .unknownPerson: self.init(404, "not-found", "\(error)")
        case .wrongCredentials: self.init(401, "wrong-credentials", "\(error)")
        case .secondStepRequired: self.init(401, "second-step-required", "\(error)")
        case .wrongCode: self.init(403, "wrong-code", "\(error)")
        case .signedOut, .refreshReused: self.init(401, "signed-out", "\(error)")
        case .lockedOut(let wait):
            self.init(
                429,
                "locked-out",
                "\(error)",
                headers: [("Retry-After", String(max(1, wait.components.seconds)))]
            )
        case .busy, .unavailable: self.init(503, "unavailable", "\(error)", headers: [("Retry-After", "1")])
        case .token(let token) where token.isTransient: self = .unavailable
        case .token(let token): self.init(409, "refused", "\(token)")
        }
    }
}
