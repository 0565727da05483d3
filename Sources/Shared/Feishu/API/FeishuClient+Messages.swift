import JSON

/// To whom a message goes.
package enum Recipient: Sendable, Equatable {
    case chat(String)
    case openID(String)
    case userID(String)
    case unionID(String)
    case email(String)

    /// What has a limit of its own for it.
    fileprivate var subject: CallSubject {
        switch self {
        case .chat(let id): .chat(id)
        case .openID(let id), .userID(let id), .unionID(let id), .email(let id): .user(id)
        }
    }

    /// `receive_id_type` and the id.
    fileprivate var typeAndID: (type: String, id: String) {
        switch self {
        case .chat(let id): ("chat_id", id)
        case .openID(let id): ("open_id", id)
        case .userID(let id): ("user_id", id)
        case .unionID(let id): ("union_id", id)
        case .email(let address): ("email", address)
        }
    }
}

extension FeishuClient {
    /// Sends a message (`POST /im/v1/messages`).
    ///
    /// The `uuid`, of at most 50 characters, makes a repetition within an hour harmless. A message that is larger than
    /// its type allows fails with `.content` without being sent, and so does a uuid that is too long.
    package func send(
        _ message: OutgoingMessage,
        to recipient: Recipient,
        uuid: String?
    ) async throws(FeishuError) -> FeishuMessage {
        let (type, id) = recipient.typeAndID
        let body = try Self.body(of: message, uuid: uuid, ["receive_id": .string(id)])
        var request = FeishuRequest("POST", "im", "v1", "messages", query: [("receive_id_type", type)], body: body)
        request.subjects = [recipient.subject]
        return try Self.message(in: try await call(request)["data"])
    }

    /// Answers a message (`POST /im/v1/messages/:message_id/reply`).
    ///
    /// If the message was recalled, deleted or is invisible, the answer goes to the chat instead, under the same uuid;
    /// if the group has no threads, it goes beside them. `inThread` opens a thread where the message is in none yet;
    /// without a `fallbackChatID` a message that cannot be answered is an error. `chatID` is where the message is, if
    /// that is known, so that the chat's own limit is kept; the fallback stands in for it.
    package func reply(
        _ message: OutgoingMessage,
        to messageID: String,
        inThread: Bool = false,
        fallbackChatID: String? = nil,
        chatID: String? = nil,
        uuid: String?
    ) async throws(FeishuError) -> FeishuMessage {
        let body = try Self.body(of: message, uuid: uuid, ["reply_in_thread": .bool(inThread)])
        do {
            var request = FeishuRequest("POST", "im", "v1", "messages", .id(messageID), "reply", body: body)
            if let chat = chatID ?? fallbackChatID { request.subjects = [.chat(chat)] }
            return try Self.message(in: try await call(request)["data"])
        } catch  where inThread && error.code == FeishuError.noThreadsCode {
            return try await reply(
                message,
                to: messageID,
                fallbackChatID: fallbackChatID,
                chatID: chatID,
                uuid: uuid
            )
        } catch {
            guard let fallbackChatID, FeishuError.lostTargetCodes.contains(error.code) else { throw error }
            return try await send(message, to: .chat(fallbackChatID), uuid: uuid)
        }
    }

    static func body(
        of message: OutgoingMessage,
        uuid: String?,
        _ members: JSONObject
    ) throws(FeishuError) -> JSONValue {
        var body = members
        body["msg_type"] = .string(message.type)
        body["content"] = .string(message.content)
        if let uuid {
            guard uuid.count <= MessageUUID.maximumCharacters else {
                throw FeishuError(
                    kind: .content,
                    message: "a uuid has at most \(MessageUUID.maximumCharacters) characters"
                )
            }
            body["uuid"] = .string(uuid)
        }
        let json = JSONValue.object(body)
        guard json.bytes.count <= message.maximumRequestBytes else {
            throw FeishuError(
                kind: .content,
                message: "the message is over \(message.maximumRequestBytes) bytes",
                reason: .tooLarge
            )
        }
        return json
    }

    static func message(in data: JSONValue?) throws(FeishuError) -> FeishuMessage {
        guard let message = FeishuMessage(data) else {
            throw FeishuError(kind: .badResponse, message: "an answer without a message id", mayHaveHappened: true)
        }
        return message
    }
}
