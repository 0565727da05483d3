import Hummingbird
import JSON

/// Routes about groups and people (interface specification, section 5.6).
struct ChatInterface {
    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        let chats = "/open-apis/im/v1/chats"
        door.add(to: router, .get, chats, .app(Scopes.readChat)) { call in
            .data(
                try self.cloud.chats(
                    of: call.appID,
                    size: Int(try call.number("page_size") ?? 20),
                    token: call.query("page_token")
                )
            )
        }
        door.add(to: router, .post, chats, .app(Scopes.createChat)) { call in
            .data(
                try self.cloud.createChat(
                    call.body,
                    uuid: call.query("uuid"),
                    idType: try call.idType("user_id_type"),
                    by: call.appID
                )
            )
        }
        door.add(to: router, .get, "\(chats)/:chat", .app(Scopes.readChat)) { call in
            .data(try self.cloud.chat(call.parameter("chat"), for: call.appID))
        }
        door.add(to: router, .get, "\(chats)/:chat/members", .app(Scopes.readMembers)) { call in
            .data(
                try self.cloud.members(
                    of: call.parameter("chat"),
                    for: call.appID,
                    idType: try call.idType("member_id_type"),
                    size: Int(try call.number("page_size") ?? 20),
                    token: call.query("page_token")
                )
            )
        }
        door.add(to: router, .post, "\(chats)/:chat/members", .app(Scopes.writeMembers)) { call in
            .data(
                try self.cloud.addMembers(
                    (call.body["id_list"]?.array ?? []).compactMap(\.string),
                    to: call.parameter("chat"),
                    idType: try call.idType("member_id_type"),
                    by: call.appID
                )
            )
        }
        door.add(to: router, .get, "/open-apis/contact/v3/users/:user", .app(Scopes.people)) { call in
            .data(
                try self.cloud.user(
                    call.parameter("user"),
                    idType: try call.idType("user_id_type"),
                    for: call.appID
                )
            )
        }
    }
}
