import Feishu
import JobQueue
import Logging

/// Who asked for something on the card of minutes, and where to answer.
package struct MinutesConfirmation: Sendable, Equatable, Codable {
    /// The task that the click came as: what is said to it is said once.
    package let click: String
    /// Open id; nil where Feishu does not say.
    package let userID: String?
    /// Where the card is.
    package let chatID: String?
    package let messageID: String?

    package init(click: String, userID: String?, chatID: String?, messageID: String?) {
        self.click = click
        self.userID = userID
        self.chatID = chatID
        self.messageID = messageID
    }

    init(_ click: CardAction, task: TaskID) {
        self.init(
            click: task.rawValue,
            userID: click.user.openID,
            chatID: click.chatID,
            messageID: click.messageID
        )
    }

    enum CodingKeys: String, CodingKey {
        case click
        case userID = "user_id"
        case chatID = "chat_id"
        case messageID = "message_id"
    }

    /// Answers it where the card is, once for each `key`; where that is not known, whoever clicked, by themselves.
    ///
    /// Throws errors of the chat.
    func answer(_ reply: Reply, ofApp appID: String, key: String, in chat: any Chat) async throws {
        let key = "\(click)/\(key)"
        if let messageID {
            let target = ReplyTarget(appID: appID, messageID: messageID, chatID: chatID)
            try await chat.reply(reply, to: target, key: key)
        } else if let place = chatID.map(ChatPlace.chat) ?? userID.map(ChatPlace.user) {
            try await chat.say(reply, to: place, ofApp: appID, key: key)
        }
    }
}
