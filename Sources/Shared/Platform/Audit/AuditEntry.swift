package import JSON

/// How an act of administration ended.
package enum AuditOutcome: String, Sendable, CaseIterable {
    case ok
    /// Not allowed, or asked for in a way that is not accepted.
    case refused
    case failed
}

/// Who did what, from where, and how it ended: what a caller has written down.
package struct AuditEntry: Sendable, Equatable {
    /// A person, `local:USER` for the command line on the host, or `system:PART` for the product itself.
    package var actor: String
    package var role: String?
    /// Where the request came from.
    package var address: String?
    /// What was done, such as `plugins.install`.
    package var action: String
    /// What it was done to.
    package var target: String?
    package var outcome: AuditOutcome
    package var requestID: String?
    /// Why it was refused or failed, or what else is worth knowing.
    package var detail: String?
    /// What it was like before, without secrets.
    package var before: JSONValue?
    /// What it is like now, without secrets.
    package var after: JSONValue?

    package init(
        actor: String,
        role: String? = nil,
        address: String? = nil,
        action: String,
        target: String? = nil,
        outcome: AuditOutcome,
        requestID: String? = nil,
        detail: String? = nil,
        before: JSONValue? = nil,
        after: JSONValue? = nil
    ) {
        self.actor = actor
        self.role = role
        self.address = address
        self.action = action
        self.target = target
        self.outcome = outcome
        self.requestID = requestID
        self.detail = detail
        self.before = before
        self.after = after
    }
}
