import LanguageModel

/// A sentence of a meeting.
struct SpokenSentence: Sendable {
    /// As it stands in the utterance.
    let quote: String
    /// The utterance's place in the transcript, from 0.
    let place: Int
    let utterance: Utterance

    var isQuestion: Bool {
        let end = quote.unicodeScalars.suffix(3)
        return end.contains("?") || end.contains("？")
    }

    /// The sentences of a meeting in order.
    static func all(of utterances: [Utterance]) -> [SpokenSentence] {
        let splitter = SentenceSplitter(maximumLength: 200)
        var sentences: [SpokenSentence] = []
        for (place, utterance) in utterances.enumerated() {
            for sentence in splitter.sentences(in: utterance.text) {
                sentences.append(SpokenSentence(quote: sentence, place: place, utterance: utterance))
            }
        }
        return sentences
    }
}
