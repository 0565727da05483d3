import Identity
import JSON
import Platform

/// Writes down what was done through the admin API, and what was refused.
///
/// What only reads is not written down, unless it was refused to somebody, or showed what people wrote.
struct AdminAudit: Sendable {
    /// How a request ended.
    enum Ending {
        case done(AdminReply)
        case refused(AdminProblem)
    }

    let trail: any AuditLog

    /// Notes the end of a request. A change that cannot be written down is told as a failure of the request.
    ///
    /// - Throws: `AuditError` where the record was not stored.
    func note(
        _ request: AdminRequest,
        _ route: AdminRoute,
        _ principal: Principal?,
        _ ending: Ending
    ) async throws {
        let outcome: AuditOutcome
        var reply: AdminReply?
        var detail: String?
        var about: String?
        switch ending {
        case .done(let done):
            guard done.isRecorded ?? !route.isRead else { return }
            outcome = .ok
            reply = done
        case .refused(let problem):
            // What was not even understood, or met a Redis that is away, is nobody's act.
            guard [401, 403, 404, 409, 412, 429, 500].contains(problem.status), !(route.isRead && problem.status == 404)
            else { return }
            // Guesses without a token would fill the log; sign-ins that fail are an act of their own.
            guard principal != nil || route.access == .anybody else { return }
            outcome = problem.status == 500 ? .failed : .refused
            detail = "\(problem.code): \(problem.detail)"
            about = problem.subject
        }
        try await trail.append(
            AuditEntry(
                actor: reply?.actor ?? principal?.subject ?? about ?? "anonymous",
                role: principal?.role.rawValue,
                address: request.address,
                action: route.action,
                target: reply?.target ?? request.path.joined(separator: "/"),
                outcome: outcome,
                requestID: request.requestID,
                detail: detail,
                before: reply?.before,
                after: reply?.after
            )
        )
    }
}
