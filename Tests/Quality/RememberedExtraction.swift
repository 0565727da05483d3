import LanguageModel
import MeetingMinutes
import NIOConcurrencyHelpers

/// Extraction of one meeting that is done once for each part, however many modes need it.
final class RememberedExtraction: ChunkExtraction {
    private let extractor = FactExtractor(limits: .ofChunk)
    private let known = NIOLockedValueBox<[ClosedRange<Int>: [Fact]]>([:])

    func facts(of chunk: Chunk, people: [String], language: WrittenLanguage) -> [Fact] {
        if let facts = known.withLockedValue({ $0[chunk.numbers] }) { return facts }
        let facts = extractor.facts(of: chunk, people: people, language: language)
        known.withLockedValue { $0[chunk.numbers] = facts }
        return facts
    }
}
