package import JSON

/// Where an answer goes: the message it answers.
package struct ReplyTarget: Codable, Sendable, Equatable {
    /// The app whose bot answers.
    package let appID: String
    package let messageID: String
    /// Where to say it if the message is gone.
    package let chatID: String?
    /// Whether the message is in a thread, or opens one.
    package let isInThread: Bool?

    package init(appID: String, messageID: String, chatID: String?, isInThread: Bool? = nil) {
        self.appID = appID
        self.messageID = messageID
        self.chatID = chatID
        self.isInThread = isInThread
    }

    enum CodingKeys: String, CodingKey {
        case appID = "app_id"
        case messageID = "message_id"
        case chatID = "chat_id"
        case isInThread = "in_thread"
    }
}

/// Where something is said that answers no message.
package enum ChatPlace: Sendable, Equatable {
    case chat(String)
    /// The direct chat with this person, by open id.
    case user(String)
}

/// What the assistant says, of any length.
package enum Reply: Sendable, Equatable {
    case text(String)
    case markdown(String, title: String? = nil)
    /// A whole card, in card JSON 2.0.
    case card(JSONValue)
    /// A card that was made before and is not shown yet.
    case cardEntity(id: String)
    case file(name: String, bytes: [UInt8])
}

/// What the assistant needs of the platform that people chat on.
///
/// All throw errors of the platform, which advise on trying again where they can.
package protocol Chat: Sendable {
    /// Answers a message, in as many parts as it takes.
    ///
    /// `key` names this answer among all: what was said under it before is not said again, part by part.
    ///
    /// - Returns: The id of the first message of the answer.
    @discardableResult
    func reply(_ reply: Reply, to target: ReplyTarget, key: String) async throws -> String

    /// Says something that answers no message, once under its key.
    ///
    /// - Returns: The id of the first message of it.
    @discardableResult
    func say(_ reply: Reply, to place: ChatPlace, ofApp appID: String, key: String) async throws -> String

    /// What mentions of an app's bot carry.
    func botID(ofApp appID: String) async throws -> String

    /// Whether calls should be saved: the app's monthly quota is nearly used up.
    func mustSaveCalls(ofApp appID: String) async -> Bool

    /// Puts an emoji on a message and returns what takes it off again.
    func addReaction(_ emoji: String, to target: ReplyTarget) async throws -> String
    func removeReaction(_ reactionID: String, from target: ReplyTarget) async throws

    /// Makes a card that can grow while it is read, and returns its id. Nobody sees it before it is sent.
    func makeCard(_ card: JSONValue, ofApp appID: String) async throws -> String
    /// Shows all of a text so far in an element of a card, once it is this card's turn: only then `text` is asked. May be
    /// left out, since a longer one will follow: then it throws `ChatBusy`.
    func show(in element: String, of card: CardOperation, _ text: @escaping @Sendable () -> String) async throws
    /// Lets the card grow for another ten minutes.
    func reopen(_ card: CardOperation) async throws
    /// The card grows no more; `summary` is what the list of chats shows of it.
    func close(_ card: CardOperation, summary: String) async throws
    /// Puts another card in its place.
    func replace(_ card: CardOperation, with json: JSONValue) async throws
    /// Puts another card in the place of one that was sent whole, as `Reply.card`.
    func replaceCard(in messageID: String, with json: JSONValue, ofApp appID: String) async throws

    /// What a message says now, as its author may have edited it; nil where it was recalled or cannot be read.
    func currentMessage(_ messageID: String, ofApp appID: String) async throws -> CurrentMessage?
    /// The messages that were forwarded as one, the oldest first.
    func forwardedMessages(in messageID: String, ofApp appID: String) async throws -> [ForwardedMessage]
    /// What a person is called; nil where that may not be known.
    func name(ofUser openID: String, inApp appID: String) async throws -> String?
    /// The departments that a person is in, by id; empty where that may not be known.
    func departments(ofUser openID: String, inApp appID: String) async throws -> Set<String>
    /// What a person sent with a message: an image, or any other file.
    func download(_ key: String, of messageID: String, isImage: Bool, inApp appID: String) async throws -> [UInt8]
}

/// A message as it is now.
package struct CurrentMessage: Sendable, Equatable {
    /// The text to read, mentions by name.
    package let text: String
    /// Open id of who wrote it; nil for a bot.
    package let senderID: String?
    /// What it has besides its text, to be downloaded by its own id.
    package let attachments: [MessageAttachment]

    package init(text: String, senderID: String?, attachments: [MessageAttachment] = []) {
        self.text = text
        self.senderID = senderID
        self.attachments = attachments
    }
}

/// One of several messages that were forwarded as one.
package struct ForwardedMessage: Sendable, Equatable {
    /// Who wrote it, by name or by id; nil where that is not known.
    package let sender: String?
    package let text: String

    package init(sender: String?, text: String) {
        self.sender = sender
        self.text = text
    }
}
