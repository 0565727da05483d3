/// What one chunk came to: what a step of the pipeline stores.
package struct ChunkFacts: Sendable, Equatable, Codable {
    /// Where the facts are from.
    package enum Origin: Sendable, Equatable, Codable {
        /// From the model's reply.
        case model
        /// From the model's reply and its correction.
        case repaired
        /// The model failed, and extraction took its place.
        case extracted(Reason)
    }

    /// Why a model's reply was of no use.
    package enum Reason: String, Sendable, Codable, CaseIterable {
        /// The vendor or the model declined.
        case refused
        /// There was nothing in it.
        case empty
        /// It held no fact that could be used, and none after its repair.
        case unreadable
        /// It ended before its end.
        case cut
        case timedOut
        case rateLimited
        /// The model does not read so much at once, or wrote too much.
        case tooLong
        /// Nothing may be spent any more.
        case budgetSpent
        /// Anything else that kept the model from answering.
        case failed
    }

    /// The chunk's, from 0.
    package let chunk: Int
    /// The utterances that it covers.
    package let numbers: ClosedRange<Int>
    /// As the schema allows them; each cites an utterance of the chunk.
    package let facts: [Fact]
    package let origin: Origin
    /// What extraction covered in the model's place: everything, or from where the reply was cut; nil for nothing.
    package let extractedPart: ClosedRange<Int>?
    /// Items that were lost.
    package let dropped: Int
    /// What was asked for it cost.
    package let tokens: TokenSpend

    package init(
        chunk: Int,
        numbers: ClosedRange<Int>,
        facts: [Fact],
        origin: Origin,
        extractedPart: ClosedRange<Int>? = nil,
        dropped: Int = 0,
        tokens: TokenSpend = TokenSpend()
    ) {
        self.chunk = chunk
        self.numbers = numbers
        self.facts = facts
        self.origin = origin
        self.extractedPart = extractedPart
        self.dropped = dropped
        self.tokens = tokens
    }
}
