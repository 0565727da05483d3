import Cryptography
import Hummingbird
import JSON

/// The open interface's routes under `/open-apis`, as far as the sandbox stands in for them.
struct OpenInterface {
    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>) {
        let door = InterfaceDoor(cloud: cloud)
        let path = "/open-apis/auth/v3/tenant_access_token/internal"
        door.add(to: router, .post, path, .open) { .members(try self.issueToken($0)) }
        door.add(to: router, .get, "/open-apis/bot/v3/info") { .members(["bot": self.cloud.botInfo(of: $0.appID)]) }
        addMessages(to: router, door)
        addReactions(to: router, door)
        ResourceInterface(cloud: cloud).addRoutes(to: router, door)
        ChatInterface(cloud: cloud).addRoutes(to: router, door)
        CardInterface(cloud: cloud).addRoutes(to: router, door)
        WorkInterface(cloud: cloud).addRoutes(to: router, door)
        MeetingInterface(cloud: cloud).addRoutes(to: router, door)
        DocumentInterface(cloud: cloud).addRoutes(to: router, door)
        ApplicationInterface(cloud: cloud).addRoutes(to: router, door)
    }

    private func addMessages(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        let messages = "/open-apis/im/v1/messages"
        let message = "\(messages)/:id"
        door.add(to: router, .post, messages, .app(Scopes.send)) { .data(try await self.create($0)) }
        door.add(to: router, .get, messages, .app(Scopes.read)) { .data(try self.list($0)) }
        door.add(to: router, .post, "\(message)/reply", .app(Scopes.send)) { .data(try await self.reply($0)) }
        door.add(to: router, .get, message, .app(Scopes.read)) { call in
            .data(
                try self.cloud.message(
                    call.parameter("id"),
                    for: call.appID,
                    showsCard: call.query("card_msg_content_type") == "user_card_content"
                )
            )
        }
        door.add(to: router, .patch, message, .app(Scopes.update)) { call in
            try self.cloud.patchCard(
                call.parameter("id"),
                content: try call.string("content"),
                bytes: call.bytes.count,
                by: call.appID
            )
            return .nothing
        }
        door.add(to: router, .put, message, .app(Scopes.update)) { call in
            .data(
                try self.cloud.edit(
                    call.parameter("id"),
                    type: try call.string("msg_type"),
                    content: try call.string("content"),
                    bytes: call.bytes.count,
                    by: call.appID
                )
            )
        }
        door.add(to: router, .delete, message, .app(Scopes.recall)) { call in
            try self.cloud.recall(call.parameter("id"), by: call.appID)
            return .nothing
        }
    }

    private func addReactions(to router: Router<SandboxContext>, _ door: InterfaceDoor) {
        let path = "/open-apis/im/v1/messages/:id/reactions"
        door.add(to: router, .get, path, .app(Scopes.readReactions)) { call in
            .data(
                try self.cloud.reactions(
                    of: call.parameter("id"),
                    emoji: call.query("reaction_type"),
                    by: call.appID
                )
            )
        }
        door.add(to: router, .post, path, .app(Scopes.react)) { call in
            let emoji = call.body["reaction_type"]?["emoji_type"]?.string ?? ""
            return .data(try self.cloud.addReaction(emoji, to: call.parameter("id"), by: call.appID))
        }
        door.add(to: router, .delete, "\(path)/:reaction", .app(Scopes.react)) { call in
            .data(
                try self.cloud.removeReaction(
                    call.parameter("reaction"),
                    from: call.parameter("id"),
                    by: call.appID
                )
            )
        }
    }

    /// Gives a tenant access token for an app's id and secret.
    private func issueToken(_ call: Call) throws(APIError) -> JSONObject {
        guard let id = call.body["app_id"]?.string, let secret = call.body["app_secret"]?.string else {
            throw .badParameter
        }
        let now = cloud.time.now()
        return try cloud.locked { (state) throws(APIError) -> JSONObject in
            guard let app = state.apps[id] else { throw .unknownApp }
            guard Secret(secret) == app.secret else { throw .badSecret }
            let issued = state.tokens.issue(to: id, now: now)
            return ["tenant_access_token": .string(issued.token), "expire": .integer(issued.expire)]
        }
    }

    private func create(_ call: Call) async throws -> JSONValue {
        guard let idType = call.query("receive_id_type") else { throw APIError.missingField("receive_id_type") }
        let destination = SendRequest.Destination.chat(idType: idType, id: try call.string("receive_id"))
        return try await cloud.send(try request(call, destination), pause: call.pause)
    }

    private func reply(_ call: Call) async throws -> JSONValue {
        let inThread = call.body["reply_in_thread"]?.bool ?? false
        let destination = SendRequest.Destination.reply(to: call.parameter("id"), inThread: inThread)
        return try await cloud.send(try request(call, destination), pause: call.pause)
    }

    private func request(_ call: Call, _ destination: SendRequest.Destination) throws(APIError) -> SendRequest {
        SendRequest(
            appID: call.appID,
            destination: destination,
            type: try call.string("msg_type"),
            content: try call.string("content"),
            uuid: call.body["uuid"]?.string,
            bytes: call.bytes.count
        )
    }

    /// One page of a chat's or thread's history.
    private func list(_ call: Call) throws(APIError) -> JSONValue {
        guard let kind = call.query("container_id_type"), kind == "chat" || kind == "thread" else {
            throw .missingField("container_id_type")
        }
        guard let container = call.query("container_id") else { throw .missingField("container_id") }
        return try cloud.history(
            container: container,
            isThread: kind == "thread",
            start: try call.number("start_time"),
            end: try call.number("end_time"),
            descending: call.query("sort_type") == "ByCreateTimeDesc",
            size: Int(try call.number("page_size") ?? 20),
            token: call.query("page_token"),
            for: call.appID
        )
    }
}
