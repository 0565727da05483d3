package import Feishu

/// What is to be done about a received message.
package enum MessageRoute: Sendable, Equatable {
    /// Answer this text; an empty one asks what the bot can do.
    case answer(String)
    /// Make minutes of this text; an empty one asks how.
    case minutes(String)
    /// Nothing, and why.
    case ignored(Reason)

    package enum Reason: String, Sendable {
        /// A bot or the system wrote it: answering bots makes loops.
        case notFromUser = "not_from_user"
        /// A group talks, and not to the bot.
        case notAddressed = "not_addressed"
        /// Nothing to read: an image, a sticker, a card.
        case noText = "no_text"
        /// Without an id it cannot be answered.
        case noMessageID = "no_message_id"
    }

    /// Decides by the message alone.
    ///
    /// `botID` is the bot's open id, which tells whether it is addressed in a group; nil if unknown, then it is not.
    package init(_ message: MessageReceived, botID: String?) {
        guard message.senderKind == .user else {
            self = .ignored(.notFromUser)
            return
        }
        guard message.messageID != nil else {
            self = .ignored(.noMessageID)
            return
        }
        if message.chatKind != .direct {
            guard let botID, message.isMentioned(openID: botID) else {
                self = .ignored(.notAddressed)
                return
            }
        }
        switch message.content {
        case .text, .post: self = Self.route(message.plainText(droppingMentionOf: botID))
        case .image, .file, .folder, .audio, .media, .sticker, .interactive, .shareChat, .shareUser, .mergeForward,
            .location, .system, .other:
            self = .ignored(.noText)
        }
    }

    /// Whether routing this message needs to know the bot: only where it may not be meant.
    package static func needsBotID(_ message: MessageReceived) -> Bool {
        message.senderKind == .user && !message.mentions.isEmpty
    }

    private static func route(_ text: String) -> MessageRoute {
        if let rest = MinutesCommand.transcript(in: text) { return .minutes(rest) }
        return TranscriptParser().parse(text).isConversation ? .minutes(text) : .answer(text)
    }
}

/// The ways to ask for minutes: `/minutes`, `纪要`, `会议纪要`, with the transcript behind or below.
enum MinutesCommand {
    /// What follows the command, trimmed; nil if the text is no such command.
    static func transcript(in text: String) -> String? {
        let firstLine = text.prefix { !$0.isNewline }
        let rest = text[firstLine.endIndex...]
        let words = firstLine.drop(while: \.isWhitespace)
        if words.lowercased().hasPrefix("/minutes") {
            let behind = words.dropFirst("/minutes".count)
            guard behind.first.map({ !$0.isLetter && !$0.isNumber }) ?? true else { return nil }
            return trimmed(behind + rest)
        }
        // A Chinese command stands alone on its line, or before a colon: `会议纪要怎么写？` is a question.
        let command = words.prefix { $0 != "：" && $0 != ":" }
        let name = command.filter { !$0.isWhitespace && $0 != "/" }
        guard names.contains(name),
            command.count < words.count || !rest.isEmpty || words.hasPrefix("/") || name == words
        else { return nil }
        return trimmed(words[command.endIndex...].drop { $0 == "：" || $0 == ":" } + rest)
    }

    private static let names: Set = [
        "纪要", "会议纪要", "整理纪要", "生成纪要", "写纪要", "整理会议纪要", "生成会议纪要", "请整理会议纪要", "帮我整理会议纪要", "minutes",
    ]

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
