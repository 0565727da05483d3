package import LanguageModel

/// Finds the facts of a meeting without a model: the words of the minutes are the meeting's own, and what nobody says in so
/// many words is missing. The caller tells the reader so.
///
/// Linear in length: 1,800 utterances take some tens of milliseconds.
package struct FactExtractor: ChunkExtraction {
    /// How many facts of each kind; the rest of a long meeting's are left out, of tasks the weakest first.
    package struct Limits: Sendable, Equatable {
        package var topics = 20
        package var decisions = 15
        package var actions = 25
        package var questions = 8
        package var risks = 8
        package var numbers = 12

        package init() {}

        /// More than minutes have room for: what is too much for them is left out by weight, and counted, as it is merged.
        package static var ofMeeting: Limits {
            var limits = Limits()
            limits.topics = 60
            limits.decisions = 100
            limits.actions = 100
            limits.questions = 60
            limits.risks = 60
            limits.numbers = 100
            return limits
        }

        /// Together no more than a chunk may have.
        package static var ofChunk: Limits {
            var limits = Limits()
            limits.topics = 4
            limits.decisions = 10
            limits.actions = 12
            limits.questions = 5
            limits.risks = 4
            limits.numbers = 5
            return limits
        }
    }

    private let limits: Limits

    package init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// The facts of a whole transcript, by kind, then in the meeting's order.
    package func facts(of transcript: Transcript) -> [Fact] {
        facts(of: transcript.utterances, people: transcript.people, language: transcript.language)
    }

    /// The facts of what a model could not read, in the chunk's order; of its own utterances, not of its context.
    package func facts(of chunk: Chunk, people: [String], language: WrittenLanguage) -> [Fact] {
        facts(of: chunk.utterances, people: people, language: language).enumerated()
            .sorted { ($0.element.utterances[0], $0.offset) < ($1.element.utterances[0], $1.offset) }
            .map(\.element)
    }

    /// The meeting's subjects as facts: the title as text, and as utterances the first and the last of its range, with up to
    /// eight between that say most.
    package func topics(of transcript: Transcript) -> [Fact] {
        topics(of: transcript.utterances, people: transcript.people, language: transcript.language)
    }

    private func facts(of utterances: [Utterance], people: [String], language: WrittenLanguage) -> [Fact] {
        let found = StatementFinder(people: people, language: language).facts(in: SpokenSentence.all(of: utterances))
        func of(_ kind: Fact.Kind) -> [Fact] { found.filter { $0.kind == kind } }
        return topics(of: utterances, people: people, language: language)
            + of(.decision).prefix(limits.decisions)
            + Self.strongest(of(.action), atMost: limits.actions)
            + of(.question).prefix(limits.questions)
            + of(.risk).prefix(limits.risks)
            + of(.number).prefix(limits.numbers)
    }

    private func topics(of utterances: [Utterance], people: [String], language: WrittenLanguage) -> [Fact] {
        guard limits.topics > 0 else { return [] }
        let segments = TopicSegment.all(of: utterances, people: people, language: language)
        return segments.prefix(limits.topics).map { segment in
            // Pieces of one long utterance have one number.
            let numbers = Set(segment.places.map { utterances[$0].number }).sorted()
            return Fact(kind: .topic, text: segment.title, utterances: numbers)
        }
    }

    /// Those with owner and date first, when there are too many; in the meeting's order.
    static func strongest(_ actions: [Fact], atMost limit: Int) -> [Fact] {
        let weights = actions.map { ($0.owner == nil ? 0 : 1) + ($0.due == nil ? 0 : 1) }
        let kept = actions.indices.sorted { (weights[$0], $1) > (weights[$1], $0) }.prefix(limit).sorted()
        return kept.map { actions[$0] }
    }
}
