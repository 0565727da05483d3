import JSON

/// A message was taken back.
package struct MessageRecalled: Sendable, Equatable {
    package let messageID: String
    package let chatID: String?
    /// Milliseconds since 1970.
    package let recalledAt: Int64?
    /// Whose right it was taken back by: `message_owner`, `group_owner`, `group_manager`, `enterprise_manager`.
    package let recalledBy: String?

    init?(_ envelope: EventEnvelope) {
        guard let messageID = envelope.event["message_id"]?.nonEmpty else { return nil }
        self.messageID = messageID
        chatID = envelope.event["chat_id"]?.nonEmpty
        recalledAt = envelope.event["recall_time"]?.digits.flatMap(EventTime.milliseconds) ?? envelope.createdAt
        recalledBy = envelope.event["recall_type"]?.nonEmpty
    }
}

/// An emoji was put on a message or taken off it.
package struct ReactionChanged: Sendable, Equatable {
    package let messageID: String
    /// Such as `THUMBSUP`; case-sensitive.
    package let emoji: String
    package let isAdded: Bool
    /// Who did it; without ids where an app did.
    package let user: UserIdentity
    /// The app that did it; nil where a user did.
    package let appID: String?
    /// Milliseconds since 1970.
    package let at: Int64?

    init?(_ envelope: EventEnvelope, isAdded: Bool) {
        let event = envelope.event
        guard let messageID = event["message_id"]?.nonEmpty,
            let emoji = event["reaction_type"]?["emoji_type"]?.nonEmpty
        else { return nil }
        self.messageID = messageID
        self.emoji = emoji
        self.isAdded = isAdded
        user = UserIdentity(event["user_id"])
        appID = event["app_id"]?.nonEmpty
        at = event["action_time"]?.digits.flatMap(EventTime.milliseconds) ?? envelope.createdAt
    }
}
