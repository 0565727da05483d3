import Identity
import JSON
import Platform

/// Who did what.
struct AuditRoutes {
    let reader: AuditReader
    let verification: AuditVerification

    var routes: [AdminRoute] { [list, verify] }

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
                let page = try await reader.records(after: Int64(after), limit: call.limit, filter: filter)
                return .page(page.records.map(\.json), next: page.next.map(String.init))
            }
            let cursor = try call.offset()
            let page = try await reader.page(
                before: cursor > 0 ? Int64(cursor) : nil,
                limit: call.limit,
                filter: filter
            )
            return .page(page.records.map(\.json), next: page.next.map(String.init))
        }
        .query("actor", Schemas.text(256), "Only acts of this one.")
        .query("action", Schemas.text(64), "Only actions that begin with this, such as plugins.")
        .query("outcome", Schemas.choice(AuditOutcome.allCases.map(\.rawValue)), "Only acts that ended so.")
        .query("since", Schemas.text(64), "Only acts of this time or later (RFC 3339).")
        .query("after", Schemas.integer(0...1_000_000_000_000), "Only later records than this one, the oldest first.")
        .paged()
        .answering(Schemas.page(of: Schemas.anything))
    }

    private var verify: AdminRoute {
        AdminRoute(
            .get,
            "/audit/verification",
            "audit.verify",
            .role(.admin),
            "Reads the whole audit log and tells the first record that was altered, removed or moved."
        ) { _ in
            let report = try await verification.verify()
            return AdminReply([
                "is_whole": .bool(report.breach == nil), "records": .integer(Int64(report.count)),
                "first": report.first.map { .integer($0) } ?? .null,
                "last": (report.last?.seq).map { .integer($0) } ?? .null,
                "head": (report.last?.hash).json,
                "breach": report.breach.map { breach in
                    [
                        "seq": .integer(breach.seq), "kind": .string(breach.kind.rawValue),
                        "detail": .string(breach.description),
                    ]
                } ?? .null,
            ])
        }
        .answering(
            Schemas.shown([
                "is_whole": Schemas.of("boolean"), "records": Schemas.of("integer"), "first": Schemas.orNull("integer"),
                "last": Schemas.orNull("integer"), "head": Schemas.orNull("string"),
                "breach": .object(["type": ["object", "null"]]),
            ])
        )
    }

    private static func since(_ text: String?) throws(AdminProblem) -> AuditTime? {
        guard let text else { return nil }
        guard let time = AuditTime(text) else {
            throw AdminProblem.invalid([.init("?since", "expected a time such as 2026-11-27T08:00:00Z")])
        }
        return time
    }
}
