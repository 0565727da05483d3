import FoundationEssentials
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// The routes under `/sandbox`, through which the chat page and tests move the people and the cloud.
///
/// Requests with a body must be `application/json`: a foreign web page in the same browser cannot send that.
struct ControlInterface {
    private static let bodyLimit = 1 << 20

    let cloud: FeishuCloud

    func addRoutes(to router: Router<SandboxContext>) {
        let sandbox = router.group("/sandbox")
        sandbox.get("state") { _, _ in answer(cloud.snapshot()) }
        sandbox.get("stats") { _, _ in answer(cloud.stats()) }
        sandbox.get("sent") { request, _ in
            answer(cloud.sent(chatID: request.uri.queryParameters["chat_id"].map(String.init)))
        }
        sandbox.get("events") { _, _ in try UpdateStream.response(of: cloud) }
        sandbox.post("messages", use: handler(say))
        sandbox.get("messages/:id/replies") { _, context in
            let replies = cloud.replies(to: context.parameters.get("id") ?? "").map { reply -> JSONValue in
                ["message_id": .string(reply.messageID), "type": .string(reply.type), "text": .string(reply.text)]
            }
            return answer(["replies": .array(replies)])
        }
        sandbox.post("messages/:id/recall") { request, context in
            try await self.handle(request, context) { (_, parameters) throws(ControlError) in
                ["event_id": .string(try self.cloud.recallByPerson(parameters.get("id") ?? ""))]
            }
        }
        sandbox.post("events", use: handler(raise))
        sandbox.get("deliveries") { _, _ in answer(cloud.deliveries()) }
        sandbox.get("deliveries/:id") { _, context in
            guard let record = cloud.delivery(of: context.parameters.get("id") ?? "") else {
                return refusal(.notFound("no such event"))
            }
            return answer(record.json)
        }
        sandbox.post("deliveries/:id") { request, context in
            try await self.handle(request, context) { (body, parameters) throws(ControlError) in
                let id = parameters.get("id") ?? ""
                try self.cloud.redeliver(id, copies: Int(body["copies"]?.integer ?? 1))
                return ["event_id": .string(id)]
            }
        }
        sandbox.get("faults") { _, _ in answer(cloud.faults()) }
        sandbox.post("faults", use: handler(addFault))
        sandbox.delete("faults") { _, _ in
            cloud.clearFaults()
            return answer(cloud.faults())
        }
        sandbox.post(
            "tokens/rotate",
            use: handler { (_) throws(ControlError) in
                self.cloud.revokeTokens()
                return [:]
            }
        )
        sandbox.post("chats/:id/bot") { request, context in
            try await self.handle(request, context) { (body, parameters) throws(ControlError) in
                guard let isMember = body["member"]?.bool else { throw .invalid("member must be true or false") }
                try self.cloud.setBot(isMember: isMember, of: parameters.get("id") ?? "")
                return [:]
            }
        }
        sandbox.get("effects") { _, _ in answer(cloud.effects()) }
        sandbox.post(
            "effects",
            use: handler { (body) throws(ControlError) in
                guard let key = body["key"]?.string, !key.isEmpty, key.utf8.count <= 512 else {
                    throw .invalid("key must be 1 to 512 bytes")
                }
                return ["key": .string(key), "count": .integer(try self.cloud.recordEffect(key))]
            }
        )
        sandbox.delete("effects") { _, _ in
            cloud.clearEffects()
            return answer(cloud.effects())
        }
    }

    // MARK: Handlers

    private func say(_ body: JSONValue) throws(ControlError) -> JSONValue {
        var utterance = Utterance(
            person: body["user"]?.string ?? FeishuCloud.defaultPerson,
            text: body["text"]?.string ?? "",
            group: body["group"]?.string
        )
        utterance.mentions = (body["mentions"]?.array ?? []).compactMap(\.string)
        utterance.mentionsBot = body["mention_bot"]?.bool ?? true
        utterance.replyTo = body["reply_to"]?.string
        utterance.copies = Int(clamping: body["copies"]?.integer ?? 1)
        if let type = body["message_type"]?.string, type != "text" {
            guard let content = body["content"], content.object != nil else {
                throw .invalid("content must be an object")
            }
            utterance.special = (type, content)
        }
        let spoken = try cloud.say(utterance)
        var object: JSONObject = ["message_id": .string(spoken.messageID), "chat_id": .string(spoken.chatID)]
        object["event_id"] = spoken.eventID.map(JSONValue.string)
        return .object(object)
    }

    private func raise(_ body: JSONValue) throws(ControlError) -> JSONValue {
        guard let type = body["event_type"]?.string, !type.isEmpty, let event = body["event"], event.object != nil
        else { throw .invalid("event_type must be a string, event an object") }
        let copies = Int(clamping: body["copies"]?.integer ?? 1)
        guard (1...1_000).contains(copies) else { throw .invalid("copies must be 1 to 1000") }
        let schema = body["schema"]?.string ?? "2.0"
        return [
            "event_id": .string(
                try cloud.deliver(event, ofType: type, schema: schema, message: nil, copies: copies)
            )
        ]
    }

    private func addFault(_ body: JSONValue) throws(ControlError) -> JSONValue {
        guard let fault = try? JSONDecoder().decode(Fault.self, from: Data(body.bytes)), fault.isSound else {
            throw .invalid("a fault needs a known kind and a count, numbers in range")
        }
        cloud.inject(fault)
        return cloud.faults()
    }

    // MARK: Requests and answers

    private func handler(
        _ body: @escaping @Sendable (JSONValue) throws(ControlError) -> JSONValue
    ) -> @Sendable (Request, SandboxContext) async throws -> Response {
        { request, context in
            try await self.handle(request, context) { (value, _) throws(ControlError) in try body(value) }
        }
    }

    private func handle(
        _ request: Request,
        _ context: SandboxContext,
        _ body: (JSONValue, Parameters) throws(ControlError) -> JSONValue
    ) async throws -> Response {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
            return answer(["error": "the content type must be application/json"], status: .unsupportedMediaType)
        }
        let buffer = try await request.body.collect(upTo: Self.bodyLimit)
        guard let value = try? JSONValue(parsing: Array(buffer.readableBytesView)), value.object != nil else {
            return refusal(.invalid("the body must be a JSON object"))
        }
        do throws(ControlError) {
            return answer(try body(value, context.parameters))
        } catch {
            return refusal(error)
        }
    }

    private func refusal(_ error: ControlError) -> Response {
        switch error {
        case .invalid(let reason): answer(["error": .string(reason)], status: .badRequest)
        case .notFound(let reason): answer(["error": .string(reason)], status: .notFound)
        case .full(let reason): answer(["error": .string(reason)], status: .serviceUnavailable)
        }
    }

    private func answer(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes))
        )
    }
}
