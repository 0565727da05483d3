import Cryptography
import Hummingbird
import JSON
import NIOCore

/// The open interface's routes under `/open-apis`, as far as the sandbox stands in for them.
struct OpenInterface {
    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>) {
        let door = InterfaceDoor(cloud: cloud)
        let messages = "/open-apis/im/v1/messages"
        let message: RouterPath = "\(messages)/:id"
        door.add(to: router, .post, "/open-apis/auth/v3/tenant_access_token/internal", needsToken: false) {
            try self.issueToken($0)
        }
        door.add(to: router, .get, "/open-apis/bot/v3/info") { _ in ["bot": self.cloud.botInfo] }
        door.add(to: router, .post, "\(messages)") { try await self.create($0) }
        door.add(to: router, .get, "\(messages)") { data(try self.list($0)) }
        door.add(to: router, .post, "\(messages)/:id/reply") { try await self.reply($0) }
        door.add(to: router, .get, message) { data(try self.cloud.message($0.parameter("id"))) }
        door.add(to: router, .patch, message) { call in
            try self.cloud.patchCard(call.parameter("id"), content: try call.string("content"), bytes: call.bytes)
            return data([:])
        }
        door.add(to: router, .put, message) { call in
            data(
                try self.cloud.edit(
                    call.parameter("id"),
                    type: try call.string("msg_type"),
                    content: try call.string("content"),
                    bytes: call.bytes
                )
            )
        }
        door.add(to: router, .delete, message) { call in
            try self.cloud.recall(call.parameter("id"))
            return data([:])
        }
        addReactions(to: router, door: door, path: "\(messages)/:id/reactions")
    }

    private func addReactions(to router: Router<SandboxContext>, door: InterfaceDoor, path: RouterPath) {
        door.add(to: router, .get, path) { data(try self.cloud.reactions(of: $0.parameter("id"))) }
        door.add(to: router, .post, path) { call in
            let emoji = call.body["reaction_type"]?["emoji_type"]?.string ?? ""
            return data(try self.cloud.addReaction(emoji, to: call.parameter("id")))
        }
        door.add(to: router, .delete, "\(path)/:reaction") { call in
            data(try self.cloud.removeReaction(call.parameter("reaction"), from: call.parameter("id")))
        }
    }

    private func issueToken(_ call: Call) throws(APIError) -> JSONObject {
        guard let id = call.body["app_id"]?.string, let secret = call.body["app_secret"]?.string else {
            throw .badParameter
        }
        let app = cloud.configuration.app
        guard id == app.id else { throw .unknownApp }
        guard Secret(secret) == app.secret else { throw .badSecret }
        let now = cloud.time.now()
        let issued = cloud.withState { $0.tokens.issue(now: now) }
        return ["tenant_access_token": .string(issued.token), "expire": .integer(issued.expire)]
    }

    private func create(_ call: Call) async throws -> JSONObject {
        guard let idType = call.query("receive_id_type") else { throw APIError.missingField("receive_id_type") }
        let request = SendRequest(
            destination: .chat(idType: idType, id: try call.string("receive_id")),
            type: try call.string("msg_type"),
            content: try call.string("content"),
            uuid: call.body["uuid"]?.string,
            bytes: call.bytes
        )
        return data(try await cloud.send(request, pause: call.pause))
    }

    private func reply(_ call: Call) async throws -> JSONObject {
        let inThread = call.body["reply_in_thread"]?.bool ?? false
        let request = SendRequest(
            destination: .reply(to: call.parameter("id"), inThread: inThread),
            type: try call.string("msg_type"),
            content: try call.string("content"),
            uuid: call.body["uuid"]?.string,
            bytes: call.bytes
        )
        return data(try await cloud.send(request, pause: call.pause))
    }

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
            token: call.query("page_token")
        )
    }

    private func data(_ value: JSONValue) -> JSONObject { ["data": value] }
}
