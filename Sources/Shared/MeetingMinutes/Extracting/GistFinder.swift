package import LanguageModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Chooses the sentences of a meeting that say most of it, without saying the same twice.
///
/// What counts: how near a sentence is to what the whole meeting is about (`SentenceField`), whether it reads like
/// something written (`SentenceRegister`), its length, and that the opening names the subject. Then by maximal marginal
/// relevance (Carbonell and Goldstein, 1998), a little spread over the meeting. Quotes; linear in length.
package struct GistFinder: Sendable {
    /// How long a gist may be; whichever bound is met first holds.
    package struct Limit: Sendable, Equatable {
        package var sentences: Int
        /// In words of English, in characters of Chinese.
        package var length: Int

        package init(sentences: Int = .max, length: Int) {
            self.sentences = sentences
            self.length = length
        }

        /// 240 characters of Chinese, 120 words of English.
        package static func standard(_ language: WrittenLanguage) -> Limit {
            Limit(length: language == .chinese ? 240 : 120)
        }

        /// A little more than one paragraph, where there is nothing but quotes: the lines stand for themselves.
        static func alone(_ language: WrittenLanguage) -> Limit {
            Limit(sentences: 7, length: language == .chinese ? 360 : 160)
        }
    }

    /// Of the sentences with the highest scores, the most that are held against each other.
    private static let candidates = 150
    /// What being like something chosen costs.
    private static let repetition: Float = 0.5
    /// From here on it says the same.
    private static let same: Float = 0.75
    /// The parts of a meeting, and what it costs that one has been chosen from already.
    private static let parts = 6
    private static let crowding: Float = 0.03

    package init() {}

    /// The lines in the meeting's order, with what only speech has taken out of them.
    package func lines(of transcript: Transcript, atMost limit: Limit? = nil) -> [Minutes.Line] {
        let language = transcript.language
        let sentences = SpokenSentence.all(of: transcript.utterances)
        return lines(of: sentences, in: language, atMost: limit ?? .standard(language))
    }

    func lines(of sentences: [SpokenSentence], in language: WrittenLanguage, atMost limit: Limit) -> [Minutes.Line] {
        let noise = SpokenNoise(language)
        return choose(from: sentences, in: language, atMost: limit).map { place in
            Minutes.Line(
                text: noise.removed(from: sentences[place].quote),
                utterances: [sentences[place].utterance.number]
            )
        }
    }

    /// Places of sentences, ascending.
    func choose(from sentences: [SpokenSentence], in language: WrittenLanguage, atMost limit: Limit) -> [Int] {
        var vocabulary = Vocabulary()
        let registers = sentences.map { SentenceRegister($0.quote, language) }
        let terms = sentences.map { vocabulary.terms(of: $0.quote) }
        let field = SentenceField(terms, kinds: vocabulary.kinds, lengths: registers.map(\.length))
        let last = Float(max(1, (sentences.last?.place ?? 0) + 1))
        let scores = sentences.indices.map { place in
            field.centrality[place] * registers[place].weight
                * Self.weight(of: sentences[place], length: registers[place].length, language)
                * (Float(sentences[place].place) / last < 0.07 ? 1.3 : 1)
        }
        guard let highest = scores.max(), highest > 0 else { return [] }
        var pool = Array(
            scores.indices.filter { scores[$0] > 0 }.sorted { (scores[$0], $1) > (scores[$1], $0) }
                .prefix(Self.candidates)
        )
        var likeness = [Float](repeating: 0, count: pool.count)
        var taken = [Float](repeating: 0, count: Self.parts)
        var chosen: [Int] = []
        var room = limit.length
        func part(_ sentence: Int) -> Int { sentences[sentence].place * Self.parts / Int(last) }
        while chosen.count < limit.sentences {
            var best: (index: Int, value: Float)?
            for (index, place) in pool.enumerated() where registers[place].length <= room && likeness[index] < Self.same
            {
                let value =
                    scores[place] / highest - Self.repetition * likeness[index] - Self.crowding * taken[part(place)]
                if value > best?.value ?? -.infinity { best = (index, value) }
            }
            guard let best else { break }
            let place = pool.remove(at: best.index)
            likeness.remove(at: best.index)
            chosen.append(place)
            taken[part(place)] += 1
            room -= registers[place].length
            for (index, other) in pool.enumerated() {
                likeness[index] = max(likeness[index], field.similarity(place, other))
            }
        }
        return chosen.sorted()
    }

    /// Short sentences rarely carry the matter, very long ones hold much else, and a question states nothing.
    private static func weight(of sentence: SpokenSentence, length: Int, _ language: WrittenLanguage) -> Float {
        let (short, long): (Float, Float) = language == .chinese ? (25, 80) : (8, 35)
        let length = Float(length)
        var weight: Float = sentence.isQuestion ? 0.3 : 1
        if length < short { weight *= 0.1 * length / short }
        if length > long { weight *= pow(long / length, 0.7) }
        return weight
    }
}
