/// Cuts a transcript on borders of utterances into chunks for a model.
///
/// As few chunks as the bound allows, of about the same size. What they cost beside the words is what `Utterance.line` puts
/// around each, and the context: at most `overlapTokens` for each chunk but the first.
package struct Chunker: Sendable {
    private let maximumTokens: Int
    private let overlapTokens: Int

    /// - Parameters:
    ///   - maximumTokens: The most that the lines of a chunk's own utterances cost, by `TokenEstimate`. An utterance that
    ///     costs more is cut between its sentences.
    ///   - overlapTokens: The most that is read along from the chunk before.
    package init(maximumTokens: Int = 6_000, overlapTokens: Int = 200) {
        precondition(maximumTokens > 0 && overlapTokens >= 0, "a chunk holds something")
        self.maximumTokens = maximumTokens
        self.overlapTokens = overlapTokens
    }

    /// An utterance or a piece of one, and what its line costs.
    private struct Part {
        let utterance: Utterance
        let tokens: Int
    }

    /// The chunks; none of an empty transcript.
    package func chunks(of transcript: Transcript) -> [Chunk] {
        let cutter = UtteranceCutter(maximumTokens: maximumTokens)
        let parts = transcript.utterances.flatMap { utterance -> [Part] in
            let tokens = utterance.lineTokens
            guard tokens > maximumTokens else { return [Part(utterance: utterance, tokens: tokens)] }
            return cutter.pieces(of: utterance).map { Part(utterance: $0, tokens: $0.lineTokens) }
        }
        var chunks: [Chunk] = []
        for range in ranges(of: parts.map(\.tokens)) {
            chunks.append(
                Chunk(
                    index: chunks.count,
                    context: context(before: range.lowerBound, in: parts),
                    utterances: parts[range].map(\.utterance)
                )
            )
        }
        return chunks
    }

    /// Which parts are together: the smallest bound that needs no more chunks than the greatest does.
    private func ranges(of costs: [Int]) -> [Range<Int>] {
        let count = Self.ranges(of: costs, atMost: maximumTokens).count
        var (low, high) = (1, maximumTokens)
        while low < high {
            let middle = (low + high) / 2
            if Self.ranges(of: costs, atMost: middle).count <= count { high = middle } else { low = middle + 1 }
        }
        return Self.ranges(of: costs, atMost: high)
    }

    private static func ranges(of costs: [Int], atMost bound: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        var tokens = 0
        for (index, cost) in costs.enumerated() {
            if index > start, tokens + cost > bound {
                ranges.append(start..<index)
                (start, tokens) = (index, 0)
            }
            tokens += cost
        }
        if start < costs.count { ranges.append(start..<costs.count) }
        return ranges
    }

    /// The last parts before one that fit; of a last one that does not, its last sentences.
    private func context(before end: Int, in parts: [Part]) -> [Utterance] {
        var tokens = 0
        var start = end
        while start > 0, tokens + parts[start - 1].tokens <= overlapTokens {
            start -= 1
            tokens += parts[start].tokens
        }
        guard start == end, start > 0, overlapTokens > 0 else { return parts[start..<end].map(\.utterance) }
        return UtteranceCutter(maximumTokens: overlapTokens).ending(of: parts[end - 1].utterance).map { [$0] } ?? []
    }
}
