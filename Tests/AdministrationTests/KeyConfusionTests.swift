import Administration
import Cryptography
import Identity
import JSON
import JobQueue
import Platform
import Testing

/// Every route of an API with a private key, asked with tokens that take one key or one algorithm for another.
@Suite struct KeyConfusionTests {
    /// A way to make a token, and what is wrong with it.
    private struct Recipe {
        let name: String
        let make: @Sendable (AnyClaims) async throws -> String
    }

    @Test("no public key is a secret, and no key signs for another", arguments: SigningKey.Kind.allCases)
    func everyRoute(kind: SigningKey.Kind) async throws {
        let own = try await SigningKey(kind)
        var older: [SigningKey] = []
        for kind in SigningKey.Kind.allCases { older.append(try await SigningKey(kind)) }
        let recipes = try await Self.recipes(own: own, older: older)
        try await KeyFiles.with(own: own, older: older) { files in
            try await AdminUnderTest.with(signing: files) { admin in
                let now = WireTime.now.milliseconds / 1_000
                // Made by the same hand as the others, so they are refused for what they say.
                for (key, id) in [(own, own.id), (own, nil)] + older.map({ ($0, Optional($0.id)) }) {
                    let honest = try await key.sign(.access(at: now), algorithm: key.kind.rawValue, id: id)
                    #expect(await admin.ask("GET", "me", token: honest).status == 200, "\(key.kind)")
                }
                for recipe in recipes {
                    let token = try await recipe.make(.access(at: now))
                    for route in admin.api.routes where route.access != .anybody {
                        let answer = await admin.ask(route, token: token)
                        #expect(answer.status == 401, "\(recipe.name) at \(route.action)")
                        #expect(answer.body?["code"] == "unauthorized", "\(recipe.name) at \(route.action)")
                    }
                }
                #expect(admin.audit.records.isEmpty)
            }
        }
    }

    @Test("no such token stands for a second step, nor does one of an older key", arguments: SigningKey.Kind.allCases)
    func secondStep(kind: SigningKey.Kind) async throws {
        let own = try await SigningKey(kind)
        var older: [SigningKey] = []
        for kind in SigningKey.Kind.allCases { older.append(try await SigningKey(kind)) }
        let recipes =
            try await Self.recipes(own: own, older: older)
            + older.map { key in
                Recipe(name: "an older \(key.kind)") {
                    try await key.sign($0, algorithm: key.kind.rawValue, id: key.id)
                }
            }
        try await KeyFiles.with(own: own, older: older) { files in
            try await AdminUnderTest.with(["ADMIN_RATE_LIMIT": "1000000"], signing: files) { admin in
                let now = WireTime.now.milliseconds / 1_000
                let token = try await own.sign(.access(at: now), algorithm: kind.rawValue, id: own.id)
                for purpose in StepUpPurpose.allCases {
                    // Each route asks for one: see AccessTests.
                    guard let route = admin.api.routes.first(where: { $0.stepUp == purpose }) else { continue }
                    let claims = AnyClaims.stepUp(purpose, beside: "forged", at: now)
                    let honest = try await own.sign(claims, algorithm: kind.rawValue, id: own.id)
                    let control = await admin.ask(route, token: token, headers: ["step-up": honest])
                    #expect(control.body?["code"] != "step-up-required", "\(route.action)")
                    for recipe in recipes {
                        let forged = try await recipe.make(claims)
                        let answer = await admin.ask(route, token: token, headers: ["step-up": forged])
                        #expect(answer.body?["code"] == "step-up-required", "\(recipe.name) at \(route.action)")
                    }
                }
            }
        }
    }

    private static func recipes(own: SigningKey, older: [SigningKey]) async throws -> [Recipe] {
        let known = [own] + older
        let ids = known.map { Optional($0.id) } + [nil, "unknown"]
        var recipes: [Recipe] = []
        var secrets: [(name: String, bytes: [UInt8])] = [
            ("the secret of before", Array(AdminUnderTest.secret.utf8)), ("nothing", []),
        ]
        for key in known { secrets += try key.publicForms.map { ("\($0.name) of \(key.kind)", $0.bytes) } }
        for secret in secrets {
            for id in ids {
                recipes.append(
                    Recipe(name: "HS256 under \(secret.name), kid \(id ?? "none")") {
                        try await SigningKey.sign($0, secret: secret.bytes, id: id)
                    }
                )
            }
        }
        for key in known + [try await SigningKey(.rs256), try await SigningKey(.es256)] {
            for algorithm in ["RS256", "ES256", "HS256", "none"] {
                for id in ids where !isHonest(key, algorithm, id, own: own, known: known) {
                    recipes.append(
                        Recipe(name: "\(algorithm) under \(key.kind) \(key.id), kid \(id ?? "none")") {
                            try await key.sign($0, algorithm: algorithm, id: id)
                        }
                    )
                }
            }
        }
        return recipes
    }

    /// Whether a token says of itself what is so.
    private static func isHonest(
        _ key: SigningKey,
        _ algorithm: String,
        _ id: String?,
        own: SigningKey,
        known: [SigningKey]
    ) -> Bool {
        algorithm == key.kind.rawValue
            && (id == nil ? key.id == own.id : id == key.id && known.contains { $0.id == id })
    }
}
