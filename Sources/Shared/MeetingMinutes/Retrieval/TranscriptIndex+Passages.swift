import LanguageModel

extension TranscriptIndex {
    /// Finds the utterances to answer a question from.
    ///
    /// Whole windows, the best first, as long as they fit; of the first that does not fit, what stands around the place where
    /// most of the question is said. An utterance that alone is over the bound is cut short.
    ///
    /// - Parameters:
    ///   - question: In Chinese or English.
    ///   - tokens: The most that they cost together with numbers and speakers, by `TokenEstimate`.
    ///   - windows: The most windows that are read.
    /// - Returns: What is to be cited, in the transcript's order, each once.
    package func passages(for question: String, atMost tokens: Int = 3_000, windows: Int = 5) -> [Utterance] {
        let utterances = transcript.utterances
        guard !utterances.isEmpty, tokens > 0, windows > 0 else { return [] }
        let ranking = WindowRanking(of: QuestionReader(self).read(question), in: self)
        var room = tokens
        var chosen: [Int: Utterance] = [:]
        for window in ranking.best(windows) {
            let places = window.numbers.lowerBound - 1..<window.numbers.upperBound
            let costs = places.map { TokenEstimate.tokens(in: utterances[$0].line) }
            let fitting =
                costs.reduce(0, +) <= room ? places : Self.surroundings(in: places, costs, ranking.closeness, room)
            for place in fitting {
                chosen[place] = utterances[place]
                room -= costs[place - places.lowerBound]
            }
            if chosen.isEmpty, let peak = Self.peak(of: places, ranking.closeness) {
                chosen[peak] = utterances[peak].shortened(toTokens: room)
            }
            if fitting.count < places.count { break }
        }
        return chosen.sorted { $0.key < $1.key }.map(\.value)
    }

    /// As much around the peak as fits, growing to the side where more of the question is said.
    private static func surroundings(
        in places: Range<Int>,
        _ costs: [Int],
        _ closeness: [Float],
        _ room: Int
    ) -> Range<Int> {
        guard let peak = peak(of: places, closeness), costs[peak - places.lowerBound] <= room else {
            return places.lowerBound..<places.lowerBound
        }
        var range = peak..<peak + 1
        var left = room - costs[peak - places.lowerBound]
        func cost(_ place: Int) -> Int? {
            guard places.contains(place), costs[place - places.lowerBound] <= left else { return nil }
            return costs[place - places.lowerBound]
        }
        while true {
            let before = cost(range.lowerBound - 1)
            let after = cost(range.upperBound)
            let isBefore =
                before != nil && (after == nil || closeness[range.lowerBound - 1] > closeness[range.upperBound])
            guard let price = isBefore ? before : after else { return range }
            left -= price
            range = isBefore ? range.lowerBound - 1..<range.upperBound : range.lowerBound..<range.upperBound + 1
        }
    }

    /// Where most of the question is said, the first of equals.
    private static func peak(of places: Range<Int>, _ closeness: [Float]) -> Int? {
        places.max { (closeness[$0], $1) < (closeness[$1], $0) }
    }
}

extension Utterance {
    /// With the beginning of its text only, so that it costs no more than some tokens.
    fileprivate func shortened(toTokens tokens: Int) -> Utterance {
        var text = text[...]
        while !text.isEmpty {
            let short = Utterance(number: number, speaker: speaker, start: start, text: String(text))
            let cost = TokenEstimate.tokens(in: short.line)
            guard cost > tokens else { return short }
            text = text.prefix(min(text.count - 1, text.count * tokens / max(1, cost)))
        }
        return Utterance(number: number, speaker: speaker, start: start, text: "")
    }
}
