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
        /// Lower case, UTF-8: what phrases are looked for in.
        let folded: [UInt8]
        let utterance: Utterance

        init(_ text: String, of utterance: Utterance) {
            self.text = text
            self.utterance = utterance
            folded = Array(text.lowercased().utf8)
        }

        func action(owner: String?, due: String?) -> Minutes.Action {
            Minutes.Action(line: Minutes.Line(text: text, utterances: [utterance.number]), owner: owner, due: due)
        }
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
                Sentence(Self.withoutFillers($0, cues.fillers), of: utterance)
            }
        }
        var minutes = Minutes(source: .offline, language: language, title: transcript.title)
        for (index, sentence) in sentences.enumerated() {
            let line = Minutes.Line(text: sentence.text, utterances: [sentence.utterance.number])
            let isQuestion = Self.isQuestion(sentence.text)
            if !isQuestion, cues.decision.occurs(in: sentence.folded), !cues.noDecision.occurs(in: sentence.folded) {
                Self.add(line, to: &minutes.decisions)
            }
            if let action = action(sentence, isQuestion, cues, owners, dueWords) {
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

    /// A sentence is a task if strong words meet an owner or a date, or weak words both. A day that limits nothing is no date
    /// for weak words, and weak words in a very long sentence are chance.
    private func action(
        _ sentence: Sentence,
        _ isQuestion: Bool,
        _ cues: CuePhrases,
        _ owners: OwnerFinder,
        _ dueWords: DuePhrase
    ) -> Minutes.Action? {
        let isStrong = cues.assigns(sentence.folded)
        guard isStrong || sentence.folded.count < 240 && cues.weakAction.occurs(in: sentence.folded),
            !cues.talk.occurs(in: sentence.folded),
            let found = isStrong ? strong(sentence, owners, dueWords) : weak(sentence, owners, dueWords),
            !isQuestion || found.owner != nil && found.due != nil
        else { return nil }
        return found
    }

    private func strong(_ sentence: Sentence, _ owners: OwnerFinder, _ dueWords: DuePhrase) -> Minutes.Action? {
        let owner = owners.owner(of: sentence.text, spokenBy: sentence.utterance.speaker)
        let due = dueWords.find(in: sentence.text)
        return owner == nil && due == nil ? nil : sentence.action(owner: owner, due: due)
    }

    private func weak(_ sentence: Sentence, _ owners: OwnerFinder, _ dueWords: DuePhrase) -> Minutes.Action? {
        guard let owner = owners.owner(of: sentence.text, spokenBy: sentence.utterance.speaker),
            let due = dueWords.find(in: sentence.text), !DuePhrase.isLoose(due)
        else { return nil }
        return sentence.action(owner: owner, due: due)
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
        guard question.text.count >= cues.shortestQuestion, cues.question.occurs(in: question.folded) else {
            return false
        }
        let rest = sentences[(index + 1)...]
        guard let next = rest.first else { return true }
        // What follows at once, be it the asker or another, in words of doubt leaves it open.
        return rest.prefix { $0.utterance.number == next.utterance.number }
            .contains { cues.unanswered.occurs(in: $0.folded) }
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
