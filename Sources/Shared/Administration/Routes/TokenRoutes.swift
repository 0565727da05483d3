import Cryptography
import Identity
import JSON

/// Tokens for programs: issued, listed, revoked.
struct TokenRoutes {
    let tokens: TokenAuthority

    var routes: [AdminRoute] { [list, issue, revoke] }

    private var list: AdminRoute {
        AdminRoute(.get, "/tokens", "tokens.list", .role(.admin), "Lists the tokens that are good still.") { call in
            try call.page(of: try await tokens.list().map { .object(Self.view($0)) })
        }
        .paged()
        .answering(Schemas.page(of: Self.token))
    }

    private var issue: AdminRoute {
        AdminRoute(.post, "/tokens", "tokens.issue", .role(.admin), "Issues a token, which is shown this once.") {
            call in
            let role = try PeopleRoutes.role(call.body["role"])
            let subject = call.body["subject"]?.string ?? ""
            let token = try await tokens.issue(
                subject: subject,
                role: role,
                lifetime: .seconds(call.body["lifetime"]?.wholeNumber ?? 900)
            )
            var reply = AdminReply(
                [
                    "token": .string(token.token.value), "id": .string(token.id),
                    "expires_at": .integer(token.expiresAt),
                ],
                status: 201
            )
            reply.target = "tokens/\(token.id)"
            reply.after = [
                "id": .string(token.id), "subject": .string(subject), "role": .string(role.rawValue),
                "expires_at": .integer(token.expiresAt),
            ]
            return reply
        }
        .needing(.tokens)
        .taking(
            Schemas.object(
                [
                    "subject": ["type": "string", "minLength": 1, "maxLength": 256],
                    "role": .object(PeopleRoutes.roles),
                    "lifetime": .object(Schemas.integer(1...86_400, default: 900)),
                ],
                required: ["subject", "role"]
            )
        )
        .answering(
            201,
            Schemas.shown([
                "token": Schemas.of("string"), "id": Schemas.of("string"), "expires_at": Schemas.of("integer"),
            ])
        )
        .refusing(409)
    }

    private var revoke: AdminRoute {
        AdminRoute(.delete, "/tokens/{id}", "tokens.revoke", .role(.admin), "Takes a token back at once.") { call in
            try await tokens.revoke(call["id"])
            return .none
        }
        .needing(.tokens)
        .answering(204, nil)
    }

    private static let token = Schemas.shown([
        "id": Schemas.of("string"), "subject": Schemas.of("string"), "role": Schemas.of("string"),
        "issued_at": Schemas.of("integer"), "expires_at": Schemas.of("integer"),
    ])

    private static func view(_ token: TokenRecord) -> JSONObject {
        [
            "id": .string(token.id), "subject": .string(token.subject), "role": .string(token.role),
            "issued_at": .integer(token.issuedAt), "expires_at": .integer(token.expiresAt),
        ]
    }
}
