import Identity
import JSON
import Platform

/// Who did what.
struct AuditRoutes {
    let reader: AuditReader
    let verification: AuditVerification
    let retention: AuditRetention
    let log: any AuditLog

    var routes: [AdminRoute] { [list, verify, prune] }

    private var list: AdminRoute {
        AdminRoute(.get, "/audit", "audit.list", .role(.admin), "Shows the audit log, the newest records first.") {
            call in
            let filter = AuditFilter(
                actor: call.text("actor"),
                action: call.text("action"),
                outcome: call.text("outcome").flatMap { AuditOutcome(rawValue: $0) },
                since: try Self.since(call.text("since"))
            )
            if let after = call.number("after") {
                return try await view(
                    try await reader.records(after: Int64(after), limit: call.limit, filter: filter)
                )
            }
            let cursor = try call.offset()
            let page = try await reader.page(
                before: cursor > 0 ? Int64(cursor) : nil,
                limit: call.limit,
                filter: filter
            )
            return try await view(page)
        }
        .query("actor", Schemas.text(256), "Only acts of this one.")
        .query("action", Schemas.text(64), "Only actions that begin with this, such as plugins.")
        .query("outcome", Schemas.choice(AuditOutcome.allCases.map(\.rawValue)), "Only acts that ended so.")
        .query("since", Schemas.text(64), "Only acts of this time or later (RFC 3339).")
        .query("after", Schemas.integer(0...1_000_000_000_000), "Only later records than this one, the oldest first.")
        .paged()
        .answering(
            Schemas.page(
                of: Schemas.anything,
                and: ["unreadable": Schemas.of("integer"), "last": Schemas.of("integer")]
            )
        )
    }

    private var verify: AdminRoute {
        AdminRoute(
            .get,
            "/audit/verification",
            "audit.verify",
            .role(.admin),
            "Reads the whole audit log and tells the first record that was altered, removed or moved."
        ) { _ in
            AdminReply(try await verification.verify().json)
        }
        .answering(
            Schemas.shown([
                "is_whole": Schemas.of("boolean"), "records": Schemas.of("integer"), "first": Schemas.orNull("integer"),
                "last": Schemas.orNull("integer"), "head": Schemas.orNull("string"),
                "breach": .object(["type": ["object", "null"]]),
            ])
        )
    }

    private var prune: AdminRoute {
        AdminRoute(
            .post,
            "/audit/prune",
            "audit.prune",
            .role(.admin),
            "Removes records older than so many days from Redis for good; files are left alone."
        ) { call in
            guard let days = call.body["keep_days"]?.wholeNumber else { return .none }
            // The file first: what is removed is in it then.
            try await log.catchUp()
            let remover = AuditRetention.Remover(actor: call.subject, role: call.principal?.role.rawValue)
            let removed = try await retention.prune(olderThan: Int(days), by: remover)
            var reply = AdminReply(["removed": .integer(Int64(removed))])
            // It writes its own record, with what went.
            reply.isRecorded = false
            return reply
        }
        .needing(.purge)
        .taking(Schemas.object(["keep_days": .object(Schemas.integer(1...36_500))], required: ["keep_days"]))
        .answering(Schemas.shown(["removed": Schemas.of("integer")]))
        .refusing(409)
    }

    private func view(_ page: AuditPage) async throws -> AdminReply {
        AdminReply([
            "items": .array(page.records.map(\.json)), "next_cursor": page.next.map { .string(String($0)) } ?? .null,
            "unreadable": .integer(Int64(page.unreadable)), "last": .integer(try await reader.lastNumber()),
        ])
    }

    private static func since(_ text: String?) throws(AdminProblem) -> AuditTime? {
        guard let text else { return nil }
        guard let time = AuditTime(text) else {
            throw AdminProblem.invalid([.init("?since", "expected a time such as 2026-11-27T08:00:00Z")])
        }
        return time
    }
}
