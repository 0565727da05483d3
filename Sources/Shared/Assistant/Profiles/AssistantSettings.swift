package import LanguageModel
package import MeetingMinutes

/// How the assistant behaves in one chat.
package struct AssistantSettings: Sendable, Equatable {
    /// What happens to a message that comes while the one before it is answered.
    package enum WhileBusy: String, Sendable {
        /// It waits; what waits together is answered together.
        case queue
        /// The answer that is being written ends, and the new message is answered.
        case supersede
        /// It is not answered.
        case drop
    }

    /// Which messages of a group are answered.
    package enum GroupPolicy: String, Sendable {
        /// Those that mention the bot.
        case mention
        /// All.
        case always
        /// Those that mention the bot or contain one of the keywords.
        case keyword
        /// None.
        case off
    }

    /// Of what is said to people who wrote no letter.
    package var language: WrittenLanguage = .chinese
    /// What the model is told to be; nil for our own words.
    package var prompt: String?
    /// The model that is asked first; nil for the first configured one.
    package var model: String?
    /// 0 to 2; nil leaves it to the model.
    package var temperature: Double?
    /// Upper bound of an answer, in tokens; nil leaves it to the model.
    package var maximumTokens: Int?
    /// How much of a conversation the model is told, in tokens.
    package var historyTokens = 6_000
    /// How much of a document the model is told, in tokens.
    package var documentTokens = 24_000
    /// Whether all people of a group share one conversation; else each has their own.
    package var sharesGroupHistory = true
    /// How many messages may become one turn.
    package var mostMessagesATurn = 20
    /// From how old a message is when it is answered the answer says that it comes late.
    package var late: Duration = .seconds(120)
    package var whileBusy = WhileBusy.queue
    package var groupPolicy = GroupPolicy.mention
    /// For the policy `keyword`; case does not matter.
    package var keywords: [String] = []
    /// Whether a message to everyone (`@all`) counts as one that mentions the bot.
    package var answersEveryone = false
    /// Who may use the assistant.
    package var allowed = AllowList()
    /// Which of the installed plugins there are.
    package var plugins = PluginChoice.all
    /// The name of the template of minutes for which nobody names one; nil for the standard one.
    package var minutesTemplate: String?
    /// Those that can be named.
    package var minutesTemplates = MinutesTemplates() {
        didSet { minutesWords = MinutesCommandWords(minutesTemplates) }
    }
    /// How they are asked for, prepared for the many messages that do not.
    private(set) var minutesWords = MinutesCommandWords.builtIn

    package init() {}

    /// The template of minutes for which nobody names one.
    var usualMinutesTemplate: MinutesTemplate { minutesTemplate.flatMap(minutesTemplates.named) ?? .standard }
}

/// Who may use the assistant: everybody, where nothing is listed.
package struct AllowList: Sendable, Equatable {
    /// Open ids.
    package var users: Set<String> = []
    /// Departments, whose people may.
    package var departments: Set<String> = []
    /// Chats, in which everybody may.
    package var chats: Set<String> = []

    package init() {}

    var isOpen: Bool { users.isEmpty && departments.isEmpty && chats.isEmpty }
}
