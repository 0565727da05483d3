/// Summarises by choosing sentences: the ones most others relate to, without saying the same twice.
///
/// Ranks by `SentenceGraph`, chooses by maximal marginal relevance (Carbonell and Goldstein, 1998). Deterministic. Needs no
/// model, invents nothing, and its time grows with the length of the text: long texts are ranked in parts, and then
/// what each part put forward is ranked together.
package struct ExtractiveSummariser: Sendable {
    /// How long a summary may be; whichever bound is met first holds.
    package struct Limit: Sendable, Equatable {
        package var sentences: Int
        package var characters: Int

        package init(sentences: Int, characters: Int = .max) {
            self.sentences = sentences
            self.characters = characters
        }
    }

    /// The most sentences ranked in one graph.
    private static let partSize = 1_500
    /// How much being central counts against being different from what is chosen already.
    private static let relevance = 0.72
    /// Sentences with fewer words (of substance) are chosen only where there are no others.
    private static let fewestWords = 3.5

    private let splitter: SentenceSplitter

    package init(splitter: SentenceSplitter = SentenceSplitter()) {
        self.splitter = splitter
    }

    /// The sentences of a text that say most of it, in the text's order.
    package func summary(of text: String, atMost limit: Limit) -> [String] {
        let sentences = splitter.sentences(in: text)
        return selection(from: sentences, atMost: limit).map { sentences[$0] }
    }

    /// Which of the sentences say most, ascending. A caller that has its own units (utterances) passes these.
    package func selection(from sentences: [String], atMost limit: Limit) -> [Int] {
        guard limit.sentences > 0, limit.characters > 0 else { return [] }
        var candidates = Array(sentences.indices)
        while candidates.count > Self.partSize {
            var kept: [Int] = []
            for start in stride(from: 0, to: candidates.count, by: Self.partSize) {
                let part = Array(candidates[start..<min(start + Self.partSize, candidates.count)])
                // Halving or more each round ends the loop; a part keeps enough for its share to be chosen from.
                let share = Limit(sentences: min(part.count / 2, max(40, limit.sentences * 2)))
                let parts = SentenceVectors(part.map { sentences[$0] })
                kept += choose(from: parts, lengths: part.map { sentences[$0].count }, limit: share).map { part[$0] }
            }
            candidates = kept
        }
        let vectors = SentenceVectors(candidates.map { sentences[$0] })
        let lengths = candidates.map { sentences[$0].count }
        return choose(from: vectors, lengths: lengths, limit: limit).map { candidates[$0] }
    }

    /// Chooses rows, ascending.
    private func choose(from vectors: SentenceVectors, lengths: [Int], limit: Limit) -> [Int] {
        let ranks = SentenceGraph(vectors).ranks(prior: prior(for: vectors))
        guard let highest = ranks.max(), highest > 0 else { return [] }
        let worthy = ranks.indices.filter { vectors.substance[$0] >= Self.fewestWords }
        let order = (worthy.isEmpty ? Array(ranks.indices) : worthy).sorted { (ranks[$0], $1) > (ranks[$1], $0) }
        var pool = Array(order.prefix(max(60, min(limit.sentences, order.count) * 4)))
        var overlap = [Double](repeating: 0, count: pool.count)
        var chosen: [Int] = []
        var room = limit.characters
        while chosen.count < limit.sentences {
            var best: (place: Int, value: Double)?
            for (place, row) in pool.enumerated() where lengths[row] <= room && overlap[place] < 0.75 {
                let value = Self.relevance * ranks[row] / highest - (1 - Self.relevance) * overlap[place]
                if value > best?.value ?? -.infinity { best = (place, value) }
            }
            guard let best else { break }
            let row = pool.remove(at: best.place)
            overlap.remove(at: best.place)
            chosen.append(row)
            room -= lengths[row]
            for (place, other) in pool.enumerated() {
                overlap[place] = max(overlap[place], vectors.similarity(row, other))
            }
        }
        return chosen.sorted()
    }

    /// A short sentence rarely carries the matter; the opening names the subject.
    private func prior(for vectors: SentenceVectors) -> [Double] {
        vectors.substance.enumerated().map { place, words in
            let weight = words < Self.fewestWords ? 0.02 : min(1, words / 10)
            return place < 3 ? weight * 1.3 : weight
        }
    }
}
