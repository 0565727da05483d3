/// What a person and the bot talk in: what shares a history, and is answered one message after the other.
///
/// A direct chat is one; so is each thread of a group, and what a group says outside of threads, by everybody or, where
/// it is set so, by each person.
package struct Conversation: Codable, Sendable, Hashable {
    package let appID: String
    package let chatID: String
    /// Nil outside of threads.
    package let threadID: String?
    /// Nil where all people of the chat share the conversation.
    package let userID: String?

    package init(appID: String, chatID: String, threadID: String? = nil, userID: String? = nil) {
        self.appID = appID
        self.chatID = chatID
        self.threadID = threadID
        self.userID = userID
    }

    enum CodingKeys: String, CodingKey {
        case appID = "app_id"
        case chatID = "chat_id"
        case threadID = "thread_id"
        case userID = "user_id"
    }

    /// Names it among all, also as a hash tag: two apps never share one.
    package var key: String { ([appID, threadID ?? chatID] + (userID.map { [$0] } ?? [])).joined(separator: ":") }
}

/// Something that was said in a conversation.
package struct ConversationTurn: Codable, Sendable, Equatable {
    package enum Speaker: String, Codable, Sendable {
        case user, assistant
    }

    package let speaker: Speaker
    /// Who, where several people speak; nil for the bot and in a direct chat.
    package let name: String?
    package let text: String
    /// The message it was said in; nil for what the bot said.
    package let messageID: String?
    /// The task that answered it, or that it was said in.
    package let task: String
    /// When, in milliseconds since 1970.
    package let at: Int64

    package init(speaker: Speaker, name: String? = nil, text: String, messageID: String?, task: String, at: Int64) {
        self.speaker = speaker
        self.name = name
        self.text = text
        self.messageID = messageID
        self.task = task
        self.at = at
    }

    enum CodingKeys: String, CodingKey {
        case speaker, name, text, task, at
        case messageID = "message_id"
    }
}

/// What is remembered of a conversation.
package struct ConversationState: Sendable, Equatable {
    /// Counts up with each new beginning (`/new`): what belongs to an earlier one is not added to a later one.
    package var session: Int64 = 0
    /// The oldest first.
    package var turns: [ConversationTurn] = []
    /// What was said before these, in short.
    package var summary: String?
    /// The model that was chosen; nil for the first configured one.
    package var model: String?
    /// The language that was chosen; nil for that of each message.
    package var language: String?
    /// Messages up to here are not answered, since somebody said stop: milliseconds since 1970.
    package var stoppedAt: Int64 = 0

    package init() {}
}
