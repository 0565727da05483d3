import LanguageModel

/// The topics of a meeting whose template means something else by them than stretches of talk.
struct SpokenTopics {
    /// The most people, and the most answers, that are looked at.
    private static let most = 60

    let transcript: Transcript

    /// Empty where the meeting has none of that form.
    ///
    /// - Parameters:
    ///   - form: What a topic is.
    ///   - others: Facts of other kinds; what is one of these is no topic.
    /// - Returns: Quotes, in the meeting's order.
    func facts(_ form: MinutesTemplate.TopicForm, besides others: [Fact]) -> [Fact] {
        switch form {
        case .stretches: []
        case .people: people(besides: Set(others.compactMap(\.quote)))
        case .answers: answers()
        }
    }

    /// Of each person the sentences that say most.
    private func people(besides quotes: Set<String>) -> [Fact] {
        let language = transcript.language
        let sentences = SpokenSentence.all(of: transcript.utterances).filter {
            !$0.isQuestion && !quotes.contains($0.quote)
        }
        let said = Dictionary(grouping: sentences) { $0.utterance.speaker }
        let limit = GistFinder.Limit(sentences: 2, length: language == .chinese ? 90 : 45)
        let lines = transcript.people.prefix(Self.most).flatMap { person in
            said[person].map { GistFinder().lines(of: $0, in: language, atMost: limit) } ?? []
        }
        return lines.map { Fact(kind: .topic, text: $0.text, utterances: $0.utterances) }
            .sorted { $0.utterances[0] < $1.utterances[0] }
    }

    /// Questions of some length, each with the longest sentence of who speaks next.
    private func answers() -> [Fact] {
        let language = transcript.language
        let noise = SpokenNoise(language)
        let shortest = CuePhrases(language).shortestQuestion
        let said = Dictionary(grouping: SpokenSentence.all(of: transcript.utterances), by: \.utterance.number)
        var facts: [Fact] = []
        for utterance in transcript.utterances where facts.count < Self.most {
            guard let question = said[utterance.number]?.last(where: { $0.isQuestion && $0.quote.count >= shortest }),
                let next = transcript[utterance.number + 1], let speaker = next.speaker, speaker != utterance.speaker,
                let answer = said[next.number]?.filter({ !$0.isQuestion }).max(by: { $0.quote.count < $1.quote.count })
            else { continue }
            let text = [question, answer].map { noise.removed(from: $0.quote) }.joined(separator: " — ")
            facts.append(Fact(kind: .topic, text: text, utterances: [utterance.number, next.number]))
        }
        return facts
    }
}
