package import LanguageModel
package import TimeZones

/// What minutes are wanted, and what is known of the meeting beside its transcript.
package struct MinutesRequest: Sendable, Equatable, Codable {
    package var appID: String
    /// The message that asks for them; nil where they come by themselves, after a meeting.
    package var target: ReplyTarget?
    /// The chat that they belong to.
    package var chatID: String?
    /// Whether that is a group; nil where it is not known, as in what earlier versions kept.
    package var isGroup: Bool?
    /// Open id of who wants them; nil where nobody in particular does.
    package var senderID: String?
    /// In which language, where somebody said so; else the transcript's.
    package var language: WrittenLanguage?
    /// By which template, where somebody said so.
    package var template: String?
    /// What the meeting was called, where the transcript does not say.
    package var title: String?
    /// The day of the meeting, where the transcript does not say.
    package var day: CivilTime?
    /// Open ids of those who took part, as far as Feishu tells.
    package var participants: [String]?
    /// Where the recording can be seen: Feishu's own minutes.
    package var recording: String?

    package init(
        appID: String,
        target: ReplyTarget? = nil,
        chatID: String? = nil,
        isGroup: Bool? = nil,
        senderID: String? = nil,
        language: WrittenLanguage? = nil,
        template: String? = nil,
        title: String? = nil,
        day: CivilTime? = nil,
        participants: [String]? = nil,
        recording: String? = nil
    ) {
        self.appID = appID
        self.target = target
        self.chatID = chatID
        self.isGroup = isGroup
        self.senderID = senderID
        self.language = language
        self.template = template
        self.title = title
        self.day = day
        self.participants = participants
        self.recording = recording
    }

    enum CodingKeys: String, CodingKey {
        case target, language, template, title, day, participants, recording
        case appID = "app_id"
        case chatID = "chat_id"
        case isGroup = "is_group"
        case senderID = "sender_id"
    }
}
