package import LanguageModel

/// Makes minutes without a model: quotes the sentences that announce decisions, tasks and open questions, and those that
/// say most. Invents nothing; what nobody says in so many words is missing.
package struct MinutesExtractor: Sendable {
    /// How many lines of each kind; the rest of a long meeting's lines are left out, weakest first.
    package struct Limits: Sendable {
        package var summary = ExtractiveSummariser.Limit(sentences: 7, characters: 900)
        package var topics = 6
        package var decisions = 15
        package var actions = 25
        package var questions = 8

        package init() {}
    }

    private struct Sentence {
        let text: String
        let utterance: Utterance
    }

    private let limits: Limits
    private let splitter = SentenceSplitter(maximumLength: 160)

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    package func minutes(of transcript: Transcript) -> Minutes {
        let language = transcript.language
        let cues = CuePhrases(language)
        let owners = OwnerFinder(people: transcript.people, language: language)
        let dueWords = DuePhrase()
        let sentences = transcript.utterances.flatMap { utterance in
            splitter.sentences(in: utterance.text).map {
                Sentence(text: Self.withoutFillers($0, cues.fillers), utterance: utterance)
            }
        }
        var minutes = Minutes(source: .offline, language: language, title: transcript.title)
        for (index, sentence) in sentences.enumerated() {
            let lower = sentence.text.lowercased()
            let line = Minutes.Line(text: sentence.text, utterances: [sentence.utterance.number])
            let isQuestion = Self.isQuestion(lower)
            if !isQuestion, cues.decision.contains(where: lower.contains) {
                Self.add(line, to: &minutes.decisions)
            }
            if let action = action(sentence, lower, isQuestion, cues, owners, dueWords) {
                if !minutes.actions.contains(where: { $0.line.text == action.line.text }) {
                    minutes.actions.append(action)
                }
            } else if isQuestion, isOpen(sentences, index, cues) {
                Self.add(line, to: &minutes.questions)
            }
        }
        minutes.decisions = Array(minutes.decisions.prefix(limits.decisions))
        minutes.actions = strongest(minutes.actions)
        minutes.questions = Array(minutes.questions.prefix(limits.questions))
        minutes.topics = TopicFinder().topics(of: transcript, atMost: limits.topics)
        minutes.summary = summary(sentences)
        return minutes
    }

    private func summary(_ sentences: [Sentence]) -> [Minutes.Line] {
        let statements = sentences.filter { !Self.isQuestion($0.text) }
        return ExtractiveSummariser().selection(from: statements.map(\.text), atMost: limits.summary).map {
            Minutes.Line(text: statements[$0].text, utterances: [statements[$0].utterance.number])
        }
    }

    /// A sentence is a task if it says so and names an owner or a date; weak words need both, or a strong word one.
    private func action(
        _ sentence: Sentence,
        _ lower: String,
        _ isQuestion: Bool,
        _ cues: CuePhrases,
        _ owners: OwnerFinder,
        _ dueWords: DuePhrase
    ) -> Minutes.Action? {
        let strong = cues.action.contains(where: lower.contains)
        let weak = cues.weakAction.contains(where: lower.contains)
        guard strong || weak, !cues.talk.contains(where: lower.contains), lower.count >= 5 else { return nil }
        let owner = owners.owner(of: sentence.text, spokenBy: sentence.utterance.speaker)
        let due = dueWords.find(in: sentence.text)
        let weight = (strong ? 2 : 1) + (owner == nil ? 0 : 1) + (due == nil ? 0 : 1)
        guard weight >= 3, !isQuestion || owner != nil && due != nil else { return nil }
        let line = Minutes.Line(text: sentence.text, utterances: [sentence.utterance.number])
        return Minutes.Action(line: line, owner: owner, due: due)
    }

    /// Those with owner and date first, when there are too many; in the meeting's order.
    private func strongest(_ actions: [Minutes.Action]) -> [Minutes.Action] {
        let weights = actions.map { ($0.owner == nil ? 0 : 1) + ($0.due == nil ? 0 : 1) }
        let kept = actions.indices.sorted { (weights[$0], $1) > (weights[$1], $0) }.prefix(limits.actions).sorted()
        return kept.map { actions[$0] }
    }

    /// A question of substance that the next turn does not answer.
    private func isOpen(_ sentences: [Sentence], _ index: Int, _ cues: CuePhrases) -> Bool {
        let question = sentences[index]
        let lower = question.text.lowercased()
        guard question.text.count >= (cues.fillers.contains("okay,") ? 20 : 8),
            cues.question.contains(where: lower.contains)
        else { return false }
        let rest = sentences[(index + 1)...]
        guard let next = rest.first else { return true }
        // Going on alone after asking, or somebody else's words of doubt, leave it open.
        let answer = rest.prefix { $0.utterance.number == next.utterance.number }.map { $0.text.lowercased() }.joined(
            separator: " "
        )
        return cues.unanswered.contains(where: answer.contains)
    }

    private static func isQuestion(_ text: String) -> Bool {
        let end = text.unicodeScalars.suffix(3)
        return end.contains("?") || end.contains("？")
    }

    private static func add(_ line: Minutes.Line, to lines: inout [Minutes.Line]) {
        if !lines.contains(where: { $0.text == line.text }) { lines.append(line) }
    }

    /// Drops `嗯，` or `Okay,` in front, as often as it is there.
    private static func withoutFillers(_ sentence: String, _ fillers: [String]) -> String {
        var text = sentence[...]
        while let filler = fillers.first(where: { text.prefix(8).lowercased().hasPrefix($0) }),
            text.count > filler.count + 3
        {
            text = text.dropFirst(filler.count).drop(while: \.isWhitespace)
        }
        return String(text)
    }
}
