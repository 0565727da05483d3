package import LanguageModel
package import TimeZones

/// A meeting in the order in which it was spoken.
package struct Transcript: Sendable, Equatable, Codable {
    package let utterances: [Utterance]
    /// What the text calls the meeting, above it or in a line such as `主题：…`.
    package let title: String?
    /// When it was, in the text's own words.
    package let date: String?
    /// The day that these words mean, at midnight; nil where they do not say it, as in `11月20日` or `3/4/2026`.
    package let day: CivilTime?
    /// What a line such as `关键词：…` says it is about.
    package let keywords: [String]
    /// Those whom a line such as `参会人：…` names, in its order, each once.
    package let attendees: [String]
    /// Everyone who speaks, in order of first appearance, then the attendees who do not.
    package let people: [String]
    /// Other ways in which the text writes one of `people`, such as `SPEAKER_01` for `Speaker 1` or `Zhang San` for `张三`.
    package let aliases: [String: String]

    package init(
        utterances: [Utterance],
        title: String? = nil,
        date: String? = nil,
        day: CivilTime? = nil,
        keywords: [String] = [],
        attendees: [String] = [],
        aliases: [String: String] = [:]
    ) {
        self.utterances = utterances
        self.title = title
        self.date = date
        self.day = day
        self.keywords = keywords
        var listed: Set<String> = []
        self.attendees = attendees.filter { listed.insert($0).inserted }
        var seen: Set<String> = []
        people = (utterances.compactMap(\.speaker) + attendees).filter { seen.insert($0).inserted }
        self.aliases = aliases
    }

    /// What most of it is in; Chinese if it has no letters.
    package var language: WrittenLanguage {
        var sample = ""
        for utterance in utterances.prefix(200) where sample.utf8.count < 12_000 {
            sample += utterance.text + " "
        }
        return WrittenLanguage(of: sample) ?? .chinese
    }

    /// The utterance with a number, if it exists.
    package subscript(number: Int) -> Utterance? {
        number > 0 && number <= utterances.count ? utterances[number - 1] : nil
    }

    /// Whether a text without any command is a transcript: several turns, several speakers, and one who speaks again
    /// (which a list of `key: value` lines does not).
    package var isConversation: Bool {
        let turns = utterances.count { $0.speaker != nil }
        let speakers = Set(utterances.compactMap(\.speaker)).count
        return turns >= 4 && speakers >= 2 && turns > speakers && turns * 2 > utterances.count
    }
}
