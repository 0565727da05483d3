import TimePhrases
package import TimeZones

/// Holds facts against the transcript that they were read out of, so that nothing goes into minutes which nobody said.
///
/// What a fact says is shown where the utterances that it cites say it, in whatever form: `8,000` by `八千条`, `12月2日` by
/// `下周三`. People may also be among those who speak or are named as present. What becomes of the rest:
///
/// - A fact without text, or that cites no existing utterance, is dropped. So is a decision or a number with figures none of
///   which is shown: it has nothing else to say.
/// - An owner, or a date that something is due, which is not shown is cleared, and marked.
/// - Any other number, date or name in the text which is not shown marks the fact.
/// - A quote which no cited utterance holds is dropped; the fact stands without it.
package struct Grounding: Sendable {
    private let transcript: Transcript
    private let people: People
    /// Nil where nobody knows it: then only dates compare with dates, and `明天` with `tomorrow`.
    private let meetingDay: CivilTime?

    /// The most utterances of a fact that are kept, its first; a topic's range is longer than what shows it.
    private static let mostUtterances = 200
    /// The most characters of a fact's text and of its quote.
    private static let longestText = 600
    private static let longestField = 160

    /// - Parameters:
    ///   - transcript: What the facts cite.
    ///   - meetingDay: The day of the meeting, from which `下周三` is counted; nil takes the one that the transcript names.
    package init(transcript: Transcript, meetingDay: CivilTime? = nil) {
        self.transcript = transcript
        self.meetingDay = meetingDay ?? transcript.day
        people = People(transcript.people, aliases: transcript.aliases)
    }

    /// The fact without what nobody said, and what the reader is to confirm; nil where nothing of it stands.
    package func ground(_ fact: Fact) -> GroundedFact? {
        let numbers = Set(fact.utterances).sorted().prefix(Self.mostUtterances)
        let cited = numbers.compactMap { transcript[$0] }
        let text = Self.cleaned(fact.text, atMost: Self.longestText)
        guard !cited.isEmpty, !text.isEmpty else { return nil }
        let said = Claims.Text(text, seenFrom: meetingDay)
        let claims = Claims(
            evidence: Evidence(cited),
            people: people,
            today: meetingDay,
            hasFigures: !said.figures.isEmpty || fact.due != nil,
            hasDays: !said.phrases.isEmpty || fact.due != nil
        )
        var result = GroundedFact(
            Fact(kind: fact.kind, text: text, utterances: cited.map(\.number)),
            dueDay: nil
        )
        var doubts = claims.doubts(about: said)
        if doubts.isEmptied, fact.kind == .decision || fact.kind == .number { return nil }
        result.fact.quote = fact.quote.map { Self.cleaned($0, atMost: Self.longestText) }.flatMap(claims.quote)
        if let owner = fact.owner.map({ Self.cleaned($0, atMost: Self.longestField) }), !owner.isEmpty {
            let found = claims.owner(owner)
            result.fact.owner = found.name
            if !found.isWhole {
                doubts.found.insert(.owner)
                if text.compacted.contains(owner.compacted) { doubts.found.insert(.name) }
            }
        }
        if let due = fact.due.map({ Self.cleaned($0, atMost: Self.longestField) }), !due.isEmpty {
            let found = claims.due(due)
            (result.fact.due, result.dueDay) = (found.words, found.day)
            if !found.isWhole { doubts.found.insert(.due) }
        }
        result.doubts = GroundedFact.Doubt.allCases.filter(doubts.found.contains)
        return result
    }

    private static func cleaned(_ text: String, atMost count: Int) -> String {
        String(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(count))
    }
}
