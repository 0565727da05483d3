import JSON

/// Approvals: only that they change, and who wants to know.
///
/// Source: Feishu, "Subscribe to approval events" and the event `approval_instance`, which has schema 1.0.
extension FeishuCloud {
    private static let subscriptionLimit = 10_000
    private static let statuses: Set = ["PENDING", "APPROVED", "REJECTED", "CANCELED", "DELETED", "REVERTED"]

    /// Has an app told of the approvals with this code; 1390007 where it is already.
    func subscribe(toApproval code: String, by app: String) throws(APIError) {
        guard !code.isEmpty, code.utf8.count <= 128 else { throw .approvalUnknown }
        try locked { (state) throws(APIError) in
            guard state.approvalSubscriptions.count < Self.subscriptionLimit else { throw .approvalUnknown }
            guard state.approvalSubscriptions.insert("\(app) \(code)").inserted else { throw .approvalSubscribed }
        }
    }

    /// An approval comes into another state. Each app is told that was granted to hear of approvals, subscribed to the
    /// event, and asked for this code.
    ///
    /// - Returns: the ids of the events, none where nobody is told.
    /// - Throws: `.invalid` for what no approval has; `.full` when too much is under way.
    package func changeApproval(
        code: String,
        instance: String?,
        status: String,
        copies: Int = 1
    ) throws(ControlError) -> [String] {
        guard !code.isEmpty, code.utf8.count <= 128 else { throw .invalid("approval_code must be 1 to 128 bytes") }
        guard Self.statuses.contains(status) else {
            throw .invalid("status must be one of \(Self.statuses.sorted().joined(separator: ", "))")
        }
        let now = "\(time.now())"
        let listeners = withState { state in
            state.apps.values.filter { app in
                app.scopes.grants(Scopes.approvals) && app.events.contains("approval_instance")
                    && state.approvalSubscriptions.contains("\(app.id) \(code)")
            }.map(\.id).sorted()
        }
        let event: JSONValue = [
            "approval_code": .string(code), "instance_code": .string(instance ?? Identifier.task().uppercased()),
            "status": .string(status), "operate_time": .string(now), "instance_operate_time": .string(now), "uuid": "",
        ]
        var ids: [String] = []
        for app in listeners {
            ids.append(try deliver(event, ofType: "approval_instance", schema: "1.0", to: app, copies: copies))
        }
        return ids
    }
}
