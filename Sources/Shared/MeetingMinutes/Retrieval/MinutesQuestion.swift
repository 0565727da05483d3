/// A question that may be about a meeting: which lines of its minutes it asks for, and whether it speaks of a meeting.
package struct MinutesQuestion: Sendable {
    /// In the person's words.
    package let text: String
    /// The kinds of lines that it asks for; empty where it asks of something that was said.
    package let kinds: [MinutesSection.Kind]
    /// Whether it is about some meeting by its own words, such as `会上` or `what did we decide`.
    package let speaksOfMeeting: Bool
    /// Whether it is about anything that one could look for.
    package let hasSubject: Bool

    package init(_ text: String) {
        self.text = text
        let words = Words(text)
        kinds = MinutesSection.Kind.allCases.filter { words.have(MeetingWords.kinds[$0] ?? []) }
        speaksOfMeeting = words.have(MeetingWords.chinese + MeetingWords.english) || words.nameMinutes
        hasSubject = !QuestionSubject(of: text).isEmpty
    }

    /// A text in which phrases are looked for: Chinese ones anywhere, English ones at the beginning of a word.
    private struct Words {
        /// In characters: a question is not a document.
        private static let longest = 1_000
        /// Behind `meeting`, what makes it another thing.
        private static let things: Set = ["room", "rooms", "link", "invite", "invitation"]

        private let chinese: String
        private let english: String
        private let words: [Substring]

        init(_ text: String) {
            var text = text.prefix(Self.longest).lowercased()
            for other in MeetingWords.notMeant where text.contains(other) { text = text.replacing(other, with: " ") }
            chinese = text
            words = text.split { !$0.isLetter && !$0.isNumber }
            english = " " + words.joined(separator: " ")
        }

        func have(_ phrases: [String]) -> Bool {
            phrases.contains { $0.utf8.allSatisfy { $0 < 0x80 } ? english.contains(" \($0)") : chinese.contains($0) }
        }

        /// `the meeting`, and `minutes` that are no time; `meeting room` is neither.
        var nameMinutes: Bool {
            words.indices.contains { place in
                switch words[place] {
                case "meeting", "meetings": place + 1 == words.count || !Self.things.contains(String(words[place + 1]))
                case "minutes":
                    place == 0
                        || !words[place - 1].allSatisfy(\.isNumber)
                            && !MeetingWords.counts.contains(String(words[place - 1]))
                default: false
                }
            }
        }
    }
}
