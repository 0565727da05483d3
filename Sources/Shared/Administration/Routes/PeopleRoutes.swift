import Identity
import JSON

/// People who may sign in.
struct PeopleRoutes {
    let accounts: Accounts
    let secondStep: SecondStep

    var routes: [AdminRoute] { [list, add, change, remove, forget] }

    private var list: AdminRoute {
        AdminRoute(.get, "/people", "people.list", .role(.admin), "Lists the people who may sign in.") { call in
            try call.page(of: try await accounts.list().map { .object(Self.view($0)) })
        }
        .paged()
        .answering(Schemas.page(of: Self.person))
    }

    private var add: AdminRoute {
        AdminRoute(.post, "/people", "people.add", .role(.admin), "Lets somebody sign in.") { call in
            let name = call.body["name"]?.string ?? ""
            try await accounts.add(
                name,
                password: call.body["password"]?.string ?? "",
                role: try Self.role(call.body["role"])
            )
            var reply = AdminReply(.object(try await view(of: name)), status: 201)
            reply.target = "people/\(name)"
            reply.after = reply.body
            return reply
        }
        .needing(.tokens)
        .taking(
            Schemas.object(
                [
                    "name": .object(Schemas.text(64)), "password": .object(Schemas.text(1_024)),
                    "role": .object(Self.roles),
                ],
                required: ["name", "password", "role"]
            )
        )
        .answering(201, Self.person)
        .refusing(409)
    }

    private var change: AdminRoute {
        AdminRoute(
            .patch,
            "/people/{name}",
            "people.change",
            .role(.admin),
            "Changes somebody's role or password; their sign-ins of before end."
        ) { call in
            let name = call["name"]
            let before = try await view(of: name)
            if let role = call.body["role"] { try await accounts.setRole(try Self.role(role), of: name) }
            if let password = call.body["password"]?.string { try await accounts.setPassword(password, of: name) }
            var reply = AdminReply(.object(try await view(of: name)))
            reply.before = .object(before)
            reply.after = reply.body
            return reply
        }
        .needing(.tokens)
        .taking(Schemas.object(["role": .object(Self.roles), "password": .object(Schemas.text(1_024))]))
        .answering(Self.person)
    }

    private var remove: AdminRoute {
        AdminRoute(
            .delete,
            "/people/{name}",
            "people.remove",
            .role(.admin),
            "Lets somebody sign in no more; their tokens are good for nothing at once."
        ) { call in
            let before = try await view(of: call["name"])
            try await accounts.remove(call["name"])
            var reply = AdminReply.none
            reply.before = .object(before)
            return reply
        }
        .needing(.tokens)
        .answering(204, nil)
    }

    private var forget: AdminRoute {
        AdminRoute(
            .delete,
            "/people/{name}/second-step",
            "people.second_step.remove",
            .role(.admin),
            "Removes the second step of somebody who has lost theirs."
        ) { call in
            try await secondStep.remove(call["name"])
            return .none
        }
        .needing(.tokens)
        .answering(204, nil)
        .refusing(409)
    }

    static let roles = Schemas.choice(Role.allCases.map(\.rawValue))

    static func role(_ value: JSONValue?) throws(AdminProblem) -> Role {
        guard let role = value?.string.flatMap({ Role(rawValue: $0) }) else {
            throw AdminProblem.invalid([.init("/role", "expected viewer, operator or admin")])
        }
        return role
    }

    private static let person = Schemas.shown([
        "name": Schemas.of("string"), "role": Schemas.of("string"), "created_at": Schemas.of("integer"),
        "has_second_step": Schemas.of("boolean"),
    ])

    private func view(of name: String) async throws -> JSONObject {
        guard let person = try await accounts.list().first(where: { $0.name == name }) else {
            throw IdentityError.unknownPerson
        }
        return Self.view(person)
    }

    private static func view(_ person: PersonSummary) -> JSONObject {
        [
            "name": .string(person.name), "role": .string(person.role.rawValue),
            "created_at": .integer(person.createdAt), "has_second_step": .bool(person.hasSecondStep),
        ]
    }
}
