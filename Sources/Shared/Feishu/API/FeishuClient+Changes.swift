package import JSON

/// What can be done to messages that are there.
extension FeishuClient {
    /// Asks for a message (`GET /im/v1/messages/:message_id`). For a merge_forward its parts follow it, each with the
    /// id of the message that it is part of.
    ///
    /// `asSentCard` asks for the JSON of a card as it was sent, and not for Feishu's shortened form.
    package func messages(withID messageID: String, asSentCard: Bool = false) async throws(FeishuError)
        -> [FeishuMessage]
    {
        let query = asSentCard ? [("card_msg_content_type", "user_card_content")] : []
        let envelope = try await call(FeishuRequest("GET", "im", "v1", "messages", .id(messageID), query: query))
        return (envelope["data"]?["items"]?.array ?? []).compactMap(FeishuMessage.init)
    }

    /// Puts another card in the place of the one that a message shows (`PATCH /im/v1/messages/:message_id`).
    ///
    /// Within 14 days of sending it, and not for a card that was sent as an entity.
    ///
    /// - Throws: A `FeishuError`; of the reason `.tooLarge` without a call for a card of over 30 KB.
    package func patchCardMessage(_ messageID: String, json: JSONValue) async throws(FeishuError) {
        let body: JSONValue = ["content": .string(try Self.cardText(json))]
        var request = FeishuRequest("PATCH", "im", "v1", "messages", .id(messageID), body: body)
        request.subjects = [.message(messageID)]
        _ = try await call(request)
    }

    /// Changes a text or rich text that the app sent, at most 20 times (`PUT /im/v1/messages/:message_id`).
    ///
    /// - Throws: A `FeishuError`; of the kind `.content` without a call where the message is of another type or too large.
    package func editMessage(_ messageID: String, to message: OutgoingMessage) async throws(FeishuError)
        -> FeishuMessage
    {
        guard message.type == "text" || message.type == "post" else {
            throw FeishuError(kind: .content, message: "only a text or post can be edited, not a \(message.type)")
        }
        let body = try Self.body(of: message, uuid: nil, [:])
        let request = FeishuRequest("PUT", "im", "v1", "messages", .id(messageID), body: body)
        return try Self.message(in: try await call(request)["data"])
    }

    /// Takes back a message that the app sent (`DELETE /im/v1/messages/:message_id`).
    package func recallMessage(_ messageID: String) async throws(FeishuError) {
        _ = try await call(FeishuRequest("DELETE", "im", "v1", "messages", .id(messageID)))
    }
}
