/// Where an answer goes: the message it answers.
package struct ReplyTarget: Codable, Sendable, Equatable {
    /// The app whose bot answers.
    package let appID: String
    package let messageID: String
    /// Where to say it if the message is gone.
    package let chatID: String?

    package init(appID: String, messageID: String, chatID: String?) {
        self.appID = appID
        self.messageID = messageID
        self.chatID = chatID
    }

    enum CodingKeys: String, CodingKey {
        case appID = "app_id"
        case messageID = "message_id"
        case chatID = "chat_id"
    }
}

/// What the assistant says, of any length.
package enum Reply: Sendable, Equatable {
    case text(String)
    case markdown(String, title: String? = nil)
}

/// What the assistant needs of the platform that people chat on.
package protocol Chat: Sendable {
    /// Answers a message, in as many parts as it takes.
    ///
    /// `key` names this answer among all: what was said under it before is not said again, part by part. Throws errors of
    /// the platform, which advise on trying again where they can.
    func reply(_ reply: Reply, to target: ReplyTarget, key: String) async throws

    /// What mentions of an app's bot carry.
    func botID(ofApp appID: String) async throws -> String
}
