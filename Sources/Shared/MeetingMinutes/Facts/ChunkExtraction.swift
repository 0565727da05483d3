package import LanguageModel

/// Takes facts out of a chunk without a model: what covers a chunk that a model failed on.
package protocol ChunkExtraction: Sendable {
    /// Takes out what is said in so many words.
    ///
    /// - Parameters:
    ///   - chunk: What they are of.
    ///   - people: Everyone who speaks in the meeting or is named as attending.
    ///   - language: What most of the meeting is in.
    /// - Returns: Facts that cite utterances of the chunk's own, in its order.
    func facts(of chunk: Chunk, people: [String], language: WrittenLanguage) -> [Fact]
}
