/// Consecutive utterances that a model reads at once.
///
/// The chunks of a transcript hold each utterance once, in order. One that is too long for a chunk is in several, in
/// pieces: utterances with its number whose texts, joined, are its own.
package struct Chunk: Sendable, Equatable, Codable {
    /// From 0.
    package let index: Int
    /// What was said just before, so that `it` and `he` can be understood: nothing is to be told of it alone. Whole
    /// utterances, or the last sentences of one that is too long.
    package let context: [Utterance]
    package let utterances: [Utterance]

    package init(index: Int, context: [Utterance], utterances: [Utterance]) {
        self.index = index
        self.context = context
        self.utterances = utterances
    }

    /// The numbers it covers, also those of which it has a piece.
    package var numbers: ClosedRange<Int> {
        (utterances.first?.number ?? 0)...(utterances.last?.number ?? 0)
    }
}
