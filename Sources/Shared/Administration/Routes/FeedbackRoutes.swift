import Assistant
import Identity
import JSON

/// What people think of answers.
struct FeedbackRoutes {
    let store: any FeedbackStore
    /// Whose is shown where no app is named; nil where none is configured.
    let app: String?

    var routes: [AdminRoute] {
        [
            AdminRoute(
                .get,
                "/feedback",
                "feedback.list",
                .role(.operator),
                "Shows what people think of answers, the latest first."
            ) { call in
                guard let app = call.text("app") ?? app else { throw AdminProblem.noApp }
                let useless = call.flag("useless")
                let all = try await store.all(ofApp: app).filter { !useless || !$0.isUseful }.sorted { $0.at > $1.at }
                return try call.page(
                    of: all.map { opinion in
                        [
                            "at": .integer(opinion.at), "is_useful": .bool(opinion.isUseful),
                            "task": .string(opinion.task), "user_id": .string(opinion.userID),
                        ]
                    }
                )
            }
            .query("app", Schemas.name, "Of which app: its ID; by default the first app's.")
            .query("useless", ["type": "boolean", "default": false], "Only answers that somebody calls useless.")
            .paged()
            .answering(
                Schemas.page(
                    of: Schemas.shown([
                        "at": Schemas.of("integer"), "is_useful": Schemas.of("boolean"), "task": Schemas.of("string"),
                        "user_id": Schemas.of("string"),
                    ])
                )
            )
        ]
    }
}

extension AdminProblem {
    /// Nothing says of which app something is asked.
    static let noApp = AdminProblem(
        422,
        "no-app",
        "no app is configured, name one",
        errors: [.init("?app", "no app is configured, expected one here")]
    )
}
