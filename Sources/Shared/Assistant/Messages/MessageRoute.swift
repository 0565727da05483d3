package import Feishu
import MeetingMinutes

/// What is to be done about a received message.
package enum MessageRoute: Sendable, Equatable {
    /// Answer this text; an empty one where there is only what came with the message.
    case answer(String)
    /// Obey the command in this text.
    case command(Command, text: String)
    /// Make minutes of this text, as they are wanted.
    case minutes(String, MinutesWish = MinutesWish())
    /// Make minutes of what Feishu recorded, as they are wanted; the words beside the link, which tell the language.
    case recording(MinutesLink, MinutesWish = MinutesWish(), words: String)
    /// Say that it cannot be read: a video, a place, a card.
    case unreadable
    /// Nothing, and why.
    case ignored(Reason)

    package enum Reason: String, Sendable {
        /// A bot or the system wrote it: answering bots makes loops.
        case notFromUser = "not_from_user"
        /// A group talks, and not to the bot.
        case notAddressed = "not_addressed"
        /// Nothing to read, and nobody waits for an answer to it: a sticker, a video in a group.
        case noText = "no_text"
        /// Without an id it cannot be answered.
        case noMessageID = "no_message_id"
    }

    /// Decides by the message alone.
    ///
    /// - Parameters:
    ///   - message: The message.
    ///   - botID: The bot's open id, which tells whether it is addressed in a group; nil if unknown, then it is not.
    ///   - settings: Those of its chat.
    package init(_ message: MessageReceived, botID: String?, settings: AssistantSettings = AssistantSettings()) {
        guard message.senderKind == .user else {
            self = .ignored(.notFromUser)
            return
        }
        guard message.messageID != nil else {
            self = .ignored(.noMessageID)
            return
        }
        if message.chatKind != .direct, !Self.isAddressed(message, botID: botID, settings) {
            self = .ignored(.notAddressed)
            return
        }
        switch message.content {
        case .text, .post:
            self = Self.route(message.plainText(droppingMentionOf: botID), settings.minutesWords)
        case .image, .file, .audio, .mergeForward: self = .answer("")
        case .folder, .media, .interactive, .shareChat, .shareUser, .location, .other:
            self = message.chatKind == .direct ? .unreadable : .ignored(.noText)
        case .sticker, .system: self = .ignored(.noText)
        }
    }

    /// Whether a message of a group is meant for the bot.
    private static func isAddressed(_ message: MessageReceived, botID: String?, _ settings: AssistantSettings) -> Bool {
        let isMentioned =
            botID.map { message.isMentioned(openID: $0) } ?? false
            || settings.answersEveryone && message.mentionsEveryone
        switch settings.groupPolicy {
        case .off: return false
        case .always: return true
        case .mention: return isMentioned
        case .keyword:
            let text = message.plainText().lowercased()
            return isMentioned || settings.keywords.contains { text.contains($0.lowercased()) }
        }
    }

    /// Whether routing this message needs to know the bot: only where it may not be meant.
    package static func needsBotID(_ message: MessageReceived) -> Bool {
        message.senderKind == .user && !message.mentions.isEmpty
    }

    private static func route(_ text: String, _ minutesWords: MinutesCommandWords) -> MessageRoute {
        // Somebody who only names the bot wonders what it can do.
        if text.isEmpty { return .command(.help, text: text) }
        switch Command(text, minutesWords: minutesWords) {
        case .minutes(let transcript, let wish) where !transcript.isEmpty:
            // A transcript may mention a link; a few words beside one are none.
            guard let link = MinutesLink.find(in: transcript, atMost: 1).first,
                !TranscriptParser().parse(transcript).isConversation
            else { return .minutes(transcript, wish) }
            return .recording(link, wish, words: MinutesLink.words(beside: text))
        case let command?: return .command(command, text: text)
        case nil:
            if let link = MinutesLink.alone(in: text) { return .recording(link, words: "") }
            return TranscriptParser().parse(text).isConversation ? .minutes(text) : .answer(text)
        }
    }
}
