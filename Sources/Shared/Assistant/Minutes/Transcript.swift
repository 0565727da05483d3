package import LanguageModel

/// One turn of a meeting, as it was said.
package struct Utterance: Sendable, Equatable {
    /// From 1, in order: what minutes cite.
    package let number: Int
    /// Nil where the text does not say who spoke.
    package let speaker: String?
    /// Seconds from the beginning, where the text has times.
    package let start: Int?
    package let text: String

    package init(number: Int, speaker: String?, start: Int?, text: String) {
        self.number = number
        self.speaker = speaker
        self.start = start
        self.text = text
    }
}

/// A meeting in the order in which it was spoken.
package struct Transcript: Sendable, Equatable {
    package let utterances: [Utterance]
    /// What the text calls the meeting, above it or in a line such as `主题：…`.
    package let title: String?
    /// When it was, in the text's own words.
    package let date: String?
    /// What a line such as `关键词：…` says it is about.
    package let keywords: [String]
    /// Everyone who speaks, in order of first appearance, then everyone else a line such as `参会人：…` names.
    package let people: [String]

    package init(
        utterances: [Utterance],
        title: String? = nil,
        date: String? = nil,
        keywords: [String] = [],
        attendees: [String] = []
    ) {
        self.utterances = utterances
        self.title = title
        self.date = date
        self.keywords = keywords
        var seen: Set<String> = []
        people = (utterances.compactMap(\.speaker) + attendees).filter { seen.insert($0).inserted }
    }

    /// What most of it is in; Chinese if it has no letters.
    package var language: WrittenLanguage {
        WrittenLanguage(of: utterances.prefix(200).map(\.text).joined(separator: " ")) ?? .chinese
    }

    /// The utterance with a number, if it exists.
    package subscript(number: Int) -> Utterance? {
        utterances.indices.contains(number - 1) ? utterances[number - 1] : nil
    }

    /// Whether a text without any command is a transcript: several turns, several speakers, and one who speaks again
    /// (which a list of `key: value` lines does not).
    package var isConversation: Bool {
        let turns = utterances.count { $0.speaker != nil }
        let speakers = Set(utterances.compactMap(\.speaker)).count
        return turns >= 4 && speakers >= 2 && turns > speakers && turns * 2 > utterances.count
    }
}
