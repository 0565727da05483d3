/// Which records are wanted; what is nil leaves none out.
package struct AuditFilter: Sendable, Equatable {
    package var actor: String?
    /// What the action begins with: `plugins.` or `plugins.install`.
    package var action: String?
    package var outcome: AuditOutcome?
    /// No older ones.
    package var since: AuditTime?

    package init(
        actor: String? = nil,
        action: String? = nil,
        outcome: AuditOutcome? = nil,
        since: AuditTime? = nil
    ) {
        self.actor = actor
        self.action = action
        self.outcome = outcome
        self.since = since
    }

    package func takes(_ record: AuditRecord) -> Bool {
        if let actor, record.entry.actor != actor { return false }
        if let action, !record.entry.action.hasPrefix(action) { return false }
        if let outcome, record.entry.outcome != outcome { return false }
        if let since, record.at < since { return false }
        return true
    }
}
