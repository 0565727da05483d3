import LanguageModel

/// Cuts an utterance that is too long for a model into pieces, between its sentences where it can.
struct UtteranceCutter: Sendable {
    /// The most that the line of a piece costs, by `TokenEstimate`.
    let maximumTokens: Int

    /// The least that is left for words, however long the name is that stands before them.
    private static let fewestTokens = 8

    /// The pieces in order, of about the same size; their texts, joined, are the utterance's.
    func pieces(of utterance: Utterance) -> [Utterance] {
        let frame = utterance.piece("", range: utterance.range).lineTokens
        let budget = max(maximumTokens - frame, Self.fewestTokens)
        let segments = SentenceBorders(maximumTokens: budget).segments(of: utterance.text)
        let total = segments.reduce(0) { $0 + $1.tokens }
        let goal = total / max((total + budget - 1) / budget, 1)
        var pieces: [Utterance] = []
        var start = 0
        while start < segments.count {
            var end = start + 1
            var tokens = segments[start].tokens
            while end < segments.count, tokens < goal, tokens + segments[end].tokens <= budget {
                tokens += segments[end].tokens
                end += 1
            }
            // Parts of words may cost more together than apart.
            while end > start + 1, piece(segments[start..<end], of: utterance).lineTokens > maximumTokens { end -= 1 }
            pieces.append(piece(segments[start..<end], of: utterance))
            start = end
        }
        return pieces
    }

    /// Its last sentences, as many as fit; nil if not even the last one does.
    func ending(of utterance: Utterance) -> Utterance? {
        let frame = utterance.piece("", range: utterance.range).lineTokens
        // What is far before the end cannot fit.
        let tail = SentenceBorders.tail(of: utterance.text, atMost: maximumTokens * 16)
        let segments = SentenceBorders(maximumTokens: max(maximumTokens, Self.fewestTokens)).segments(
            of: utterance.text,
            from: tail
        )
        var start = segments.count
        var tokens = frame
        while start > 0, segments[start - 1].isWhole, tokens + segments[start - 1].tokens <= maximumTokens {
            start -= 1
            tokens += segments[start].tokens
        }
        guard start < segments.count, start > 0 || tail == 0 else { return nil }
        let ending = piece(segments[start...], of: utterance)
        return ending.lineTokens <= maximumTokens ? ending : nil
    }

    private func piece(_ segments: ArraySlice<SentenceBorders.Segment>, of utterance: Utterance) -> Utterance {
        let range = (segments.first?.range.lowerBound ?? 0)..<(segments.last?.range.upperBound ?? 0)
        let utf8 = utterance.text.utf8
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        let end = utf8.index(start, offsetBy: range.count)
        // Only a turn that stands in one stretch shows where each part of it stands.
        let isOneStretch = utf8.count == utterance.range.count
        let first = utterance.range.lowerBound
        return utterance.piece(
            String(utterance.text[start..<end]),
            range: isOneStretch ? (first + range.lowerBound)..<(first + range.upperBound) : utterance.range
        )
    }
}
