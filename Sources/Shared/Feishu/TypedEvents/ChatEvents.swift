import JSON

/// The bot came into a group or left it.
package struct BotMembership: Sendable, Equatable {
    package let chatID: String
    /// Who did it.
    package let operatorID: UserIdentity
    /// Of the group by the documentation, of the bot by an SDK: to be shown, not to be relied on.
    package let name: String?
    /// Whether people of other companies are in the group.
    package let isExternal: Bool
    /// Milliseconds since 1970.
    package let at: Int64?

    init?(_ envelope: EventEnvelope) {
        guard let chatID = envelope.event["chat_id"]?.nonEmpty else { return nil }
        self.chatID = chatID
        operatorID = UserIdentity(envelope.event["operator_id"])
        name = envelope.event["name"]?.nonEmpty
        isExternal = envelope.event["external"]?.bool ?? false
        at = envelope.createdAt
    }
}

/// People came into a group, left it, or were invited no more.
package struct MembersChanged: Sendable, Equatable {
    package enum Change: Sendable, Equatable { case added, removed, withdrawn }

    package struct Member: Sendable, Equatable {
        package let identity: UserIdentity
        package let name: String?
    }

    package let chatID: String
    package let change: Change
    package let members: [Member]
    package let operatorID: UserIdentity
    /// Milliseconds since 1970.
    package let at: Int64?

    init?(_ envelope: EventEnvelope, _ change: Change) {
        guard let chatID = envelope.event["chat_id"]?.nonEmpty else { return nil }
        self.chatID = chatID
        self.change = change
        members = (envelope.event["users"]?.array ?? []).map {
            Member(identity: UserIdentity($0["user_id"]), name: $0["name"]?.nonEmpty)
        }
        operatorID = UserIdentity(envelope.event["operator_id"])
        at = envelope.createdAt
    }
}

/// A group's settings changed.
package struct ChatUpdated: Sendable, Equatable {
    /// Settings before or after; nil where Feishu does not name one.
    package struct Settings: Sendable, Equatable {
        package let name: String?
        package let description: String?
        package let ownerID: UserIdentity?
        /// `chat`, or `thread` where every message opens a thread.
        package let groupMessageType: String?

        init(_ json: JSONValue?) {
            name = json?["name"]?.nonEmpty
            description = json?["description"]?.string
            ownerID = json?["owner_id"].map { UserIdentity($0) }
            groupMessageType = json?["group_message_type"]?.nonEmpty
        }
    }

    package let chatID: String
    package let before: Settings
    package let after: Settings
    package let operatorID: UserIdentity
    /// Milliseconds since 1970.
    package let at: Int64?

    init?(_ envelope: EventEnvelope) {
        guard let chatID = envelope.event["chat_id"]?.nonEmpty else { return nil }
        self.chatID = chatID
        before = Settings(envelope.event["before_change"])
        after = Settings(envelope.event["after_change"])
        operatorID = UserIdentity(envelope.event["operator_id"])
        at = envelope.createdAt
    }
}

/// A group is no more.
package struct ChatDisbanded: Sendable, Equatable {
    package let chatID: String
    package let operatorID: UserIdentity
    package let name: String?
    /// Milliseconds since 1970.
    package let at: Int64?

    init?(_ envelope: EventEnvelope) {
        guard let chatID = envelope.event["chat_id"]?.nonEmpty else { return nil }
        self.chatID = chatID
        operatorID = UserIdentity(envelope.event["operator_id"])
        name = envelope.event["name"]?.nonEmpty
        at = envelope.createdAt
    }
}

/// A user opened the chat with the bot.
package struct DirectChatEntered: Sendable, Equatable {
    package let chatID: String
    package let user: UserIdentity
    /// The user's name; only the first time.
    package let name: String?
    /// Whether the chat did not exist before (`p2p_chat_create`).
    package let isFirst: Bool
    /// The latest message in it; nil where there is none or Feishu does not say.
    package let lastMessageID: String?
    /// Milliseconds since 1970.
    package let at: Int64?

    init?(_ envelope: EventEnvelope, isFirst: Bool) {
        let event = envelope.event
        guard let chatID = event["chat_id"]?.nonEmpty else { return nil }
        self.chatID = chatID
        self.isFirst = isFirst
        user = UserIdentity(isFirst ? event["user"] ?? event["operator"] : event["operator_id"])
        name = event["user"]?["name"]?.nonEmpty
        lastMessageID = event["last_message_id"]?.nonEmpty
        at = envelope.createdAt
    }
}

/// An item of the bot's menu was chosen. It names no chat: the answer goes to the user.
package struct MenuClicked: Sendable, Equatable {
    /// The item, as named in Feishu's console.
    package let key: String
    package let user: UserIdentity
    package let name: String?
    /// Milliseconds since 1970.
    package let at: Int64?

    init?(_ envelope: EventEnvelope) {
        guard let key = envelope.event["event_key"]?.nonEmpty else { return nil }
        self.key = key
        user = UserIdentity(envelope.event["operator"]?["operator_id"])
        name = envelope.event["operator"]?["operator_name"]?.nonEmpty
        at = envelope.event["timestamp"]?.digits.flatMap(EventTime.milliseconds) ?? envelope.createdAt
    }
}
