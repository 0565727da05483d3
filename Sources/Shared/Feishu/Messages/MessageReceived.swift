package import JSON

/// A message somebody wrote where the bot can read it: the event `im.message.receive_v1`, typed.
package struct MessageReceived: Sendable, Equatable {
    /// Who wrote it.
    package enum SenderKind: Sendable, Equatable {
        case user
        case bot
        case other(String)
    }

    /// Where it was written.
    package enum ChatKind: Sendable, Equatable {
        /// Between one user and the bot.
        case direct
        case group
        case other(String)
    }

    package let sender: UserIdentity
    package let senderKind: SenderKind
    package let tenantKey: String?
    package let messageID: String?
    /// The top of the tree of replies it belongs to.
    package let rootID: String?
    /// The message it answers.
    package let parentID: String?
    package let chatID: String?
    package let threadID: String?
    package let chatKind: ChatKind
    /// When it was written, in milliseconds since 1970.
    package let createdAt: Int64?
    /// `message_type` as on the wire.
    package let messageType: String
    package let content: MessageContent
    package let mentions: [Mention]

    /// Reads the whole delivered JSON. Nil if it is not a received message at all; any field of one may be missing.
    package init?(envelope: JSONValue) {
        guard envelope["header"]?["event_type"]?.string == EventType.messageReceived,
            let event = envelope["event"], let message = event["message"], message.object != nil
        else { return nil }
        sender = UserIdentity(event["sender"]?["sender_id"])
        senderKind =
            switch event["sender"]?["sender_type"]?.string ?? "user" {
            case "user": .user
            case "bot", "app": .bot
            case let kind: .other(kind)
            }
        tenantKey = envelope["header"]?["tenant_key"]?.nonEmpty ?? event["sender"]?["tenant_key"]?.nonEmpty
        messageID = message["message_id"]?.nonEmpty
        rootID = message["root_id"]?.nonEmpty
        parentID = message["parent_id"]?.nonEmpty
        chatID = message["chat_id"]?.nonEmpty
        threadID = message["thread_id"]?.nonEmpty
        chatKind =
            switch message["chat_type"]?.string ?? "" {
            case "p2p": .direct
            case "group": .group
            case let kind: .other(kind)
            }
        createdAt = message["create_time"]?.nonEmpty.flatMap(EventTime.milliseconds)
        messageType = message["message_type"]?.string ?? ""
        content = MessageContent(type: messageType, content: message["content"]?.string)
        mentions = (message["mentions"]?.array ?? []).compactMap(Mention.init)
    }

    /// What messages of one conversation have in common: the thread, else the tree of replies, else the chat.
    package var conversationKey: String? { threadID ?? rootID ?? chatID }

    /// Whether the user or bot with this open id is mentioned by name. `@all` does not count.
    package func isMentioned(openID: String) -> Bool {
        mentions.contains { $0.identity.openID == openID }
    }

    /// Whether everyone is mentioned. Feishu gives `@_all` with or without an entry among the mentions.
    package var mentionsEveryone: Bool {
        mentions.contains { $0.key == "@_all" } || content.rawText.contains("@_all")
    }

    /// The message as plain text for the assistant: mentions by name, without that of `botOpenID`, and without white
    /// space at the ends.
    package func plainText(droppingMentionOf botOpenID: String? = nil) -> String {
        mentions.resolve(in: content.rawText, droppingOwn: botOpenID)
    }
}
