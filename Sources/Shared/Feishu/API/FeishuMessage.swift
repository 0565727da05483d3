import JSON

/// A message as the API gives it: sent, answered or asked for.
package struct FeishuMessage: Sendable, Equatable {
    package let messageID: String
    package let rootID: String?
    package let parentID: String?
    package let threadID: String?
    package let chatID: String?
    /// For a message inside a merge_forward: the message it is part of.
    package let upperMessageID: String?
    /// `msg_type`.
    package let type: String
    /// Milliseconds since 1970.
    package let createdAt: Int64?
    package let isDeleted: Bool
    /// An open id, or the app id of a bot.
    package let senderID: String?
    /// `user`, `app`, `anonymous` or `unknown`.
    package let senderType: String?
    package let content: MessageContent
    package let mentions: [Mention]

    /// Nil without an id: then it is no message.
    init?(_ json: JSONValue?) {
        guard let json, let messageID = json["message_id"]?.nonEmpty else { return nil }
        self.messageID = messageID
        rootID = json["root_id"]?.nonEmpty
        parentID = json["parent_id"]?.nonEmpty
        threadID = json["thread_id"]?.nonEmpty
        chatID = json["chat_id"]?.nonEmpty
        upperMessageID = json["upper_message_id"]?.nonEmpty
        type = json["msg_type"]?.string ?? ""
        createdAt = json["create_time"]?.nonEmpty.flatMap(EventTime.milliseconds)
        isDeleted = json["deleted"]?.bool ?? false
        senderID = json["sender"]?["id"]?.nonEmpty
        senderType = json["sender"]?["sender_type"]?.nonEmpty
        content = MessageContent(type: type, content: json["body"]?["content"]?.string)
        mentions = (json["mentions"]?.array ?? []).compactMap(Mention.init)
    }

    /// The message as plain text: mentions by name, without that of `botOpenID`.
    package func plainText(droppingMentionOf botOpenID: String? = nil) -> String {
        mentions.resolve(in: content.rawText, droppingOwn: botOpenID)
    }
}
