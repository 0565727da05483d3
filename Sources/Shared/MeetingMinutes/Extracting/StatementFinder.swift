import LanguageModel

/// Finds the sentences that announce a decision, a task, an open question, a risk or a figure, by the words used.
///
/// Not `Sendable`, like `DuePhrase`: made once for each transcript.
struct StatementFinder {
    private struct Sentence {
        let spoken: SpokenSentence
        /// Without noise.
        let text: String
        /// Lower case, UTF-8: what phrases are looked for in.
        let folded: [UInt8]

        init(_ spoken: SpokenSentence, _ noise: SpokenNoise) {
            self.spoken = spoken
            text = noise.removed(from: spoken.quote)
            folded = Array(text.lowercased().utf8)
        }

        func fact(_ kind: Fact.Kind, owner: String? = nil, due: String? = nil, with answer: Int? = nil) -> Fact {
            Fact(
                kind: kind,
                text: text,
                utterances: [spoken.utterance.number] + (answer.map { $0 > spoken.utterance.number ? [$0] : [] } ?? []),
                quote: spoken.quote,
                owner: owner,
                due: due
            )
        }
    }

    private let noise: SpokenNoise
    private let cues: CuePhrases
    private let figures: FigurePhrases
    private let owners: OwnerFinder
    private let dueWords = DuePhrase()

    init(people: [String], language: WrittenLanguage) {
        noise = SpokenNoise(language)
        cues = CuePhrases(language)
        figures = FigurePhrases(language)
        owners = OwnerFinder(people: people, language: language)
    }

    /// In the meeting's order; a sentence said twice counts once for each kind.
    func facts(in spoken: [SpokenSentence]) -> [Fact] {
        let sentences = spoken.map { Sentence($0, noise) }
        var facts: [Fact] = []
        var seen: [Fact.Kind: Set<String>] = [:]
        func add(_ fact: Fact) {
            if seen[fact.kind, default: []].insert(fact.text).inserted {
                facts.append(fact)
            } else if fact.kind == .action, fact.utterances.count > 1,
                let asked = facts.lastIndex(where: { $0.kind == .action && $0.text == fact.text }),
                facts[asked].owner == nil || facts[asked].owner == fact.owner
            {
                // Taken on with a date: that of the one who does it.
                facts[asked] = fact
            }
        }
        for (index, sentence) in sentences.enumerated() {
            let isQuestion = sentence.spoken.isQuestion
            if !isQuestion, cues.decision.occurs(in: sentence.folded), !cues.noDecision.occurs(in: sentence.folded) {
                add(sentence.fact(.decision))
            }
            if let action = action(sentence, isQuestion) ?? acceptance(index, sentences) {
                add(action)
            } else if isQuestion, let answer = openAnswer(to: index, sentences) {
                add(sentence.fact(.question, with: answer))
            }
            guard !isQuestion else { continue }
            if cues.risk.occurs(in: sentence.folded), !cues.noRisk.occurs(in: sentence.folded) {
                add(sentence.fact(.risk))
            }
            if figures.occur(in: sentence.folded) { add(sentence.fact(.number)) }
        }
        return Acceptance.joined(facts, spoken)
    }

    /// A sentence is a task if strong words meet an owner or a date, or weak words both. A day that limits nothing is no date
    /// for weak words, and weak words in a very long sentence are chance.
    private func action(_ sentence: Sentence, _ isQuestion: Bool) -> Fact? {
        let isStrong = cues.assigns(sentence.folded)
        if !isStrong, !isQuestion, let own = own(sentence) { return own }
        guard isStrong || sentence.folded.count < 240 && cues.weakAction.occurs(in: sentence.folded),
            !cues.talk.occurs(in: sentence.folded),
            let found = isStrong ? strong(sentence) : weak(sentence),
            !isQuestion || found.owner != nil && found.due != nil
        else { return nil }
        return found
    }

    /// What speakers say that they do themselves by a day, in no words of promise: `我周五前发给你`.
    private func own(_ sentence: Sentence) -> Fact? {
        guard let speaker = sentence.spoken.utterance.speaker, cues.commits(sentence.folded),
            !cues.talk.occurs(in: sentence.folded), let due = dueWords.find(in: sentence.text)
        else { return nil }
        return sentence.fact(.action, owner: owners.owner(of: sentence.text, spokenBy: speaker) ?? speaker, due: due)
    }

    /// A task that was asked for just before, and is taken on with a date and little else: `好，下周一给`.
    private func acceptance(_ index: Int, _ sentences: [Sentence]) -> Fact? {
        let sentence = sentences[index]
        let raw = Array(sentence.spoken.quote.lowercased().utf8)
        guard index > 0, raw.count <= 60, !sentence.spoken.isQuestion,
            cues.accepting.contains(where: { raw.starts(with: $0) }),
            let speaker = sentence.spoken.utterance.speaker
        else { return nil }
        let asked = sentences[index - 1]
        guard let asking = asked.spoken.utterance.speaker, asking != speaker, !asked.spoken.isQuestion,
            asked.spoken.utterance.number + 1 == sentence.spoken.utterance.number,
            let due = dueWords.find(in: sentence.text), !DuePhrase.isLoose(due)
        else { return nil }
        return asked.fact(.action, owner: speaker, due: due, with: sentence.spoken.utterance.number)
    }

    private func strong(_ sentence: Sentence) -> Fact? {
        let owner = owners.owner(of: sentence.text, spokenBy: sentence.spoken.utterance.speaker)
        let due = dueWords.find(in: sentence.text)
        return owner == nil && due == nil ? nil : sentence.fact(.action, owner: owner, due: due)
    }

    private func weak(_ sentence: Sentence) -> Fact? {
        guard let owner = owners.owner(of: sentence.text, spokenBy: sentence.spoken.utterance.speaker),
            let due = dueWords.find(in: sentence.text), !DuePhrase.isLoose(due)
        else { return nil }
        return sentence.fact(.action, owner: owner, due: due)
    }

    /// The number of the utterance that leaves a question of substance open; nil if it was answered, as far as one can tell.
    private func openAnswer(to index: Int, _ sentences: [Sentence]) -> Int? {
        let question = sentences[index]
        guard question.text.count >= cues.shortestQuestion else { return nil }
        let rest = sentences[(index + 1)...]
        guard let next = rest.first else {
            return cues.question.occurs(in: question.folded) ? question.spoken.utterance.number : nil
        }
        // What follows at once, be it the asker or another, in words of doubt leaves it open.
        return rest.prefix { $0.spoken.utterance.number == next.spoken.utterance.number }
            .first { cues.unanswered.occurs(in: $0.folded) }?.spoken.utterance.number
    }
}
