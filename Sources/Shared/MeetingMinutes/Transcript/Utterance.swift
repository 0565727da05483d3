/// One turn of a meeting, as it was said.
package struct Utterance: Sendable, Equatable, Codable {
    /// From 1, in order: what minutes cite.
    package let number: Int
    /// The one name that this person has in the whole transcript; nil where the text does not say who spoke.
    package let speaker: String?
    /// Seconds from the beginning, where the text has times; in a pasted chat, seconds of the day.
    package let start: Int?
    /// Where a subtitle says when it is over: the second in which it is, rounded up.
    package let end: Int?
    /// The words without name, time and tags, the lines of a turn joined.
    package let text: String
    /// Where the words stand in the text as it was given, in bytes of UTF-8. Of a turn of several lines, from its first
    /// word to its last, with whatever is between.
    package let range: Range<Int>

    package init(
        number: Int,
        speaker: String?,
        start: Int?,
        end: Int? = nil,
        text: String,
        range: Range<Int> = 0..<0
    ) {
        self.number = number
        self.speaker = speaker
        self.start = start
        self.end = end
        self.text = text
        self.range = range
    }

    /// A part of it, under the same number.
    func piece(_ text: String, range: Range<Int>) -> Utterance {
        Utterance(number: number, speaker: speaker, start: start, end: end, text: text, range: range)
    }
}
