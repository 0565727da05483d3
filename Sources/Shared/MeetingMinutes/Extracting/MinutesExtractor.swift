import LanguageModel

/// Makes minutes without a model: quotes the sentences that announce decisions, tasks and open questions, and those that
/// say most. Invents nothing; what nobody says in so many words is missing.
package struct MinutesExtractor: Sendable {
    /// How many lines of each kind; the rest of a long meeting's lines are left out, weakest first.
    package struct Limits: Sendable {
        /// Nil for seven sentences of 360 characters of Chinese or 160 words of English together.
        package var summary: GistFinder.Limit?
        package var topics = 6
        package var decisions = 15
        package var actions = 25
        package var questions = 8

        package init() {}
    }

    private let limits: Limits

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    package func minutes(of transcript: Transcript) -> Minutes {
        let language = transcript.language
        let sentences = SpokenSentence.all(of: transcript.utterances)
        let facts = StatementFinder(people: transcript.people, language: language).facts(in: sentences)
        func lines(_ kind: Fact.Kind, atMost limit: Int) -> [Minutes.Line] {
            facts.filter { $0.kind == kind }.prefix(limit).map(Minutes.Line.init)
        }
        let actions = FactExtractor.strongest(facts.filter { $0.kind == .action }, atMost: limits.actions)
        return Minutes(
            source: .offline,
            language: language,
            title: transcript.title,
            summary: GistFinder().lines(
                of: sentences,
                in: language,
                atMost: limits.summary ?? Self.standard(language)
            ),
            topics: TopicFinder().topics(of: transcript, atMost: limits.topics).map {
                Minutes.Topic($0, of: transcript)
            },
            decisions: lines(.decision, atMost: limits.decisions),
            actions: actions.map { Minutes.Action(line: Minutes.Line($0), owner: $0.owner, due: $0.due) },
            questions: lines(.question, atMost: limits.questions)
        )
    }

    /// A little more than a summary of one paragraph: the lines stand for themselves.
    private static func standard(_ language: WrittenLanguage) -> GistFinder.Limit {
        GistFinder.Limit(sentences: 7, length: language == .chinese ? 360 : 160)
    }
}

extension Minutes.Line {
    fileprivate init(_ fact: Fact) {
        self.init(text: fact.text, utterances: fact.utterances)
    }
}
