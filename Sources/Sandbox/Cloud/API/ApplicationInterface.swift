import Hummingbird
import JSON

/// Routes about the app itself: what it was granted, and what it subscribed to.
///
/// Source: Feishu, "List the scopes of a tenant's grant" (needs no scope), "Get an application", "Get a version of an
/// application"; the members of `callback_info` are those of Feishu's own SDKs.
struct ApplicationInterface {
    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        door.add(to: router, .get, "/open-apis/application/v6/scopes") { call in
            .data(self.cloud.grants(of: call.appID))
        }
        let applications = "/open-apis/application/v6/applications/:app"
        door.add(to: router, .get, applications, .app(Scopes.ownApplication)) { call in
            .data(try self.cloud.application(call.parameter("app"), for: call.appID))
        }
        door.add(to: router, .get, "\(applications)/app_versions/:version", .app(Scopes.ownApplication)) { call in
            .data(try self.cloud.applicationVersion(call.parameter("app"), for: call.appID))
        }
    }
}
