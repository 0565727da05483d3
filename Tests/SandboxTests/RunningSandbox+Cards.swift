import Cryptography
import FeishuSandbox
import JSON
import Testing

extension RunningSandbox {
    /// A card with one markdown element, `md`.
    static func card(text: String = "…", streams: Bool = true) -> JSONValue {
        [
            "schema": "2.0",
            "config": ["streaming_mode": .bool(streams), "summary": ["content": "[生成中...]"]],
            "body": ["elements": [["tag": "markdown", "element_id": "md", "content": .string(text)]]],
        ]
    }

    func token(of app: SandboxApp) async throws -> String {
        let answer = try await call(
            "POST",
            "/open-apis/auth/v3/tenant_access_token/internal",
            ["app_id": .string(app.id), "app_secret": .string(app.secret.value)]
        )
        return try #require(answer.json["tenant_access_token"]?.string)
    }

    func createCard(_ card: JSONValue = card(), token: String) async throws -> String {
        let answer = try await call(
            "POST",
            "/open-apis/cardkit/v1/cards",
            ["type": "card_json", "data": .string(card.text)],
            token: token
        )
        return try #require(answer.json["data"]?["card_id"]?.string)
    }

    func sendCard(
        _ id: String,
        replyTo message: String,
        uuid: String? = nil,
        token: String
    ) async throws -> Answer {
        let content: JSONValue = ["type": "card", "data": ["card_id": .string(id)]]
        var body: JSONObject = ["msg_type": "interactive", "content": .string(content.text)]
        body["uuid"] = uuid.map(JSONValue.string)
        return try await call("POST", "/open-apis/im/v1/messages/\(message)/reply", .object(body), token: token)
    }

    func stream(
        _ text: String,
        into card: String,
        _ sequence: Int64,
        element: String = "md",
        uuid: String? = nil,
        token: String
    ) async throws -> Answer {
        var body: JSONObject = ["content": .string(text), "sequence": .integer(sequence)]
        body["uuid"] = uuid.map(JSONValue.string)
        let path = "/open-apis/cardkit/v1/cards/\(card)/elements/\(element)/content"
        return try await call("PUT", path, .object(body), token: token)
    }

    func settings(_ config: JSONObject, of card: String, _ sequence: Int64, token: String) async throws -> Answer {
        let settings: JSONValue = ["config": .object(config)]
        return try await call(
            "PATCH",
            "/open-apis/cardkit/v1/cards/\(card)/settings",
            ["settings": .string(settings.text), "sequence": .integer(sequence)],
            token: token
        )
    }

    /// What the card's first element says.
    func text(of card: String) throws -> String {
        let elements = cloud.card(card)?["card"]?["body"]?["elements"]?.array
        return try #require(elements?.first?["content"]?.string)
    }
}
