import Assistant
import Identity
import JSON
import Redis

/// What models cost.
struct UsageRoutes {
    let ledger: RedisUsageLedger
    let currency: String
    /// Whose usage is shown where no app is named; nil where none is configured.
    let app: String?

    var routes: [AdminRoute] {
        [
            AdminRoute(
                .get,
                "/usage",
                "usage.show",
                .role(.viewer),
                "Shows what models cost: tokens, requests and money by day, user, chat or model."
            ) { call in
                guard let app = call.text("app") ?? app else { throw AdminProblem.noApp }
                let by = call.text("by").flatMap { UsageDimension(rawValue: $0) } ?? .day
                let rows = try await ledger.table(
                    by: by,
                    ofApp: app,
                    days: call.number("days") ?? 30,
                    atMost: call.limit
                )
                return AdminReply([
                    "items": .array(rows.map { .object(Self.view($0)) }), "next_cursor": .null,
                    "currency": .string(currency),
                ])
            }
            .query("by", Schemas.choice(UsageDimension.allCases.map(\.rawValue)), "What each line is; day by default.")
            .query("days", Schemas.integer(1...400, default: 30), "How many days, today included.")
            .query("app", Schemas.name, "Whose usage: an app's ID; by default the first app's.")
            .query("limit", Schemas.integer(1...10_000, default: 100), "How many lines at most.")
            .answering(Schemas.page(of: Self.row, and: ["currency": Schemas.of("string")]))
        ]
    }

    private static let row = Schemas.shown([
        "name": Schemas.of("string"), "requests": Schemas.of("integer"), "prompt_tokens": Schemas.of("integer"),
        "completion_tokens": Schemas.of("integer"), "tokens": Schemas.of("integer"), "cost": Schemas.of("number"),
    ])

    private static func view(_ row: UsageRow) -> JSONObject {
        [
            "name": .string(row.name), "requests": .integer(Int64(row.totals.requests)),
            "prompt_tokens": .integer(Int64(row.totals.promptTokens)),
            "completion_tokens": .integer(Int64(row.totals.completionTokens)),
            "tokens": .integer(Int64(row.totals.tokens)), "cost": .double(row.totals.cost),
        ]
    }
}
