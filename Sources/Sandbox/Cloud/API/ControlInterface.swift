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
        addViews(to: sandbox)
        addMessages(to: sandbox)
        addChats(to: sandbox)
        addDeliveries(to: sandbox)
        addRules(to: sandbox)
        addMeetings(to: sandbox)
        addEffects(to: sandbox)
        UploadInterface(cloud: cloud).addRoutes(to: sandbox)
    }

    private func addViews(to sandbox: RouterGroup<SandboxContext>) {
        sandbox.get("state") { _, _ in answer(cloud.snapshot()) }
        sandbox.get("stats") { _, _ in answer(cloud.stats()) }
        sandbox.get("sent") { request, _ in
            answer(cloud.sent(chatID: request.uri.queryParameters["chat_id"].map(String.init)))
        }
        sandbox.get("tasks") { _, _ in answer(cloud.tasks()) }
        sandbox.get("events") { _, _ in try UpdateStream.response(of: cloud) }
        sandbox.get("cards/:id") { _, context in
            guard let card = cloud.card(context.parameters.get("id") ?? "") else {
                return refusal(.notFound("no such card entity"))
            }
            return answer(card)
        }
    }

    private func addDeliveries(to sandbox: RouterGroup<SandboxContext>) {
        on(sandbox, .post, "events") { (body, _) throws(ControlError) in try raise(body) }
        on(sandbox, .post, "approvals") { (body, _) throws(ControlError) in
            let ids = try cloud.changeApproval(
                code: body["approval_code"]?.string ?? "",
                instance: body["instance_code"]?.string,
                status: body["status"]?.string ?? "APPROVED",
                copies: try Self.copies(body)
            )
            return ["event_ids": .array(ids.map(JSONValue.string))]
        }
        sandbox.get("deliveries") { _, _ in answer(cloud.deliveries()) }
        sandbox.get("deliveries/:id") { _, context in
            guard let record = cloud.delivery(of: context.parameters.get("id") ?? "") else {
                return refusal(.notFound("no such event"))
            }
            return answer(record.json)
        }
        on(sandbox, .post, "deliveries/:id") { (body, id) throws(ControlError) in
            try cloud.redeliver(id, copies: Int(clamping: body["copies"]?.integer ?? 1))
            return ["event_id": .string(id)]
        }
    }

    private func addEffects(to sandbox: RouterGroup<SandboxContext>) {
        sandbox.get("effects") { _, _ in answer(cloud.effects()) }
        on(sandbox, .post, "effects") { (body, _) throws(ControlError) in
            guard let key = body["key"]?.string, !key.isEmpty, key.utf8.count <= 512 else {
                throw .invalid("key must be 1 to 512 bytes")
            }
            return ["key": .string(key), "count": .integer(try cloud.recordEffect(key))]
        }
        sandbox.delete("effects") { _, _ in
            cloud.clearEffects()
            return answer(cloud.effects())
        }
    }

    /// Delivers an event of any type.
    private func raise(_ body: JSONValue) throws(ControlError) -> JSONValue {
        guard let type = body["event_type"]?.string, !type.isEmpty, let event = body["event"], event.object != nil
        else { throw .invalid("event_type must be a string, event an object") }
        let id = try cloud.deliver(
            event,
            ofType: type,
            schema: body["schema"]?.string ?? "2.0",
            to: body["app"]?.string,
            copies: try Self.copies(body)
        )
        return ["event_id": .string(id)]
    }

    private static func copies(_ body: JSONValue) throws(ControlError) -> Int {
        let copies = Int(clamping: body["copies"]?.integer ?? 1)
        guard (1...1_000).contains(copies) else { throw .invalid("copies must be 1 to 1000") }
        return copies
    }

    // MARK: Requests and answers

    /// Adds a route whose handler gets the body and the `id` of the path.
    func on(
        _ group: RouterGroup<SandboxContext>,
        _ method: HTTPRequest.Method,
        _ path: RouterPath,
        _ body: @escaping @Sendable (JSONValue, String) async throws(ControlError) -> JSONValue
    ) {
        group.on(path, method: method) { request, context in
            guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
                return answer(["error": "the content type must be application/json"], status: .unsupportedMediaType)
            }
            let buffer = try await request.body.collect(upTo: Self.bodyLimit)
            guard let value = try? JSONValue(parsing: Array(buffer.readableBytesView)), value.object != nil else {
                return refusal(.invalid("the body must be a JSON object"))
            }
            do throws(ControlError) {
                return answer(try await body(value, context.parameters.get("id") ?? ""))
            } catch {
                return refusal(error)
            }
        }
    }

    func refusal(_ error: ControlError) -> Response {
        switch error {
        case .invalid(let reason): answer(["error": .string(reason)], status: .badRequest)
        case .notFound(let reason): answer(["error": .string(reason)], status: .notFound)
        case .full(let reason): answer(["error": .string(reason)], status: .serviceUnavailable)
        }
    }

    func answer(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes))
        )
    }
}
