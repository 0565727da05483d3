import JSON

/// An approval, or one person's task in it, came into another state.
package struct ApprovalChanged: Sendable, Equatable {
    /// The kind of approval.
    package let approvalCode: String
    package let instanceCode: String
    /// The task within it; nil where the event is about the whole.
    package let taskID: String?
    /// `PENDING`, `APPROVED`, `REJECTED`, `CANCELED`, `TRANSFERRED` and others, as Feishu writes them.
    package let status: String
    /// Who asked for the approval, or whose task it is.
    package let user: UserIdentity
    /// Milliseconds since 1970.
    package let at: Int64?

    init?(_ envelope: EventEnvelope) {
        let event = envelope.event
        guard let approvalCode = event["approval_code"]?.nonEmpty, let instanceCode = event["instance_code"]?.nonEmpty,
            let status = event["status"]?.nonEmpty
        else { return nil }
        self.approvalCode = approvalCode
        self.instanceCode = instanceCode
        self.status = status
        taskID = event["task_id"]?.digits
        let person = event["assigned_user"] ?? event["start_user"]
        user = UserIdentity(person?.isNull == false ? person : event)
        at =
            (event["operate_time"] ?? event["instance_operate_time"])?.digits.flatMap(EventTime.milliseconds)
            ?? envelope.createdAt
    }
}
