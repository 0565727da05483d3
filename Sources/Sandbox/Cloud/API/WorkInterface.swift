import Hummingbird
import JSON

/// Routes about tasks and approvals.
///
/// Source: Feishu, "Create a task" (10 calls a second); "Subscribe to approval events".
struct WorkInterface {
    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        door.add(to: router, .post, "/open-apis/task/v2/tasks", .app(Scopes.writeTasks), perSecond: 10) { call in
            .data(
                try await self.cloud.createTask(
                    call.body,
                    idType: try call.idType("user_id_type"),
                    by: call.appID,
                    pause: call.pause
                )
            )
        }
        let subscription = "/open-apis/approval/v4/approvals/:code/subscribe"
        door.add(to: router, .post, subscription, .app(Scopes.approvals)) { call in
            try self.cloud.subscribe(toApproval: call.parameter("code"), by: call.appID)
            return .nothing
        }
    }
}
