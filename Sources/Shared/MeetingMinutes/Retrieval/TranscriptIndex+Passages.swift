import LanguageModel

extension TranscriptIndex {
    /// What of the room that is left a window takes, the best first. Of 237 questions to real meetings, 2,100 tokens hold what
    /// answers them for 90 %; if whole windows were taken, for 84 %.
    private static let shareOfBest = 0.6

    /// Finds the utterances to answer a question from.
    ///
    /// The windows that fit best; of each, what stands around the place where most of the question is said, less and less the
    /// worse it fits. An utterance that alone is over the bound is cut short.
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
        let best = ranking.best(windows)
        var room = tokens
        var chosen: [Int: Utterance] = [:]
        for (rank, window) in best.enumerated() {
            let share = rank == best.count - 1 ? room : Int(Double(room) * Self.shareOfBest)
            let places = window.numbers.lowerBound - 1..<window.numbers.upperBound
            let costs = places.map { TokenEstimate.tokens(in: utterances[$0].line) }
            let fitting =
                costs.reduce(0, +) <= share ? places : Self.surroundings(in: places, costs, ranking.closeness, share)
            for place in fitting {
                chosen[place] = utterances[place]
                room -= costs[place - places.lowerBound]
            }
            if chosen.isEmpty, let peak = Self.peak(of: places, ranking.closeness) {
                let short = utterances[peak].shortened(toTokens: share)
                chosen[peak] = short
                room -= TokenEstimate.tokens(in: short.line)
            }
        }
        return chosen.sorted { $0.key < $1.key }.map(\.value)
    }

    /// As much around the peak as fits, growing to the side where more of the question is said; evenly where both have as
    /// much.
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
            var isBefore = before != nil
            if before != nil, after != nil {
                let (left, right) = (closeness[range.lowerBound - 1], closeness[range.upperBound])
                isBefore = left == right ? peak - range.lowerBound < range.upperBound - 1 - peak : left > right
            }
            guard let price = isBefore ? before : after else { return range }
            left -= price
            range = isBefore ? range.lowerBound - 1..<range.upperBound : range.lowerBound..<range.upperBound + 1
        }
    }

    /// Where most of the question is said: as much is around a word as at it, so it is the middle of the first equals.
    private static func peak(of places: Range<Int>, _ closeness: [Float]) -> Int? {
        guard let first = places.max(by: { (closeness[$0], $1) < (closeness[$1], $0) }) else { return nil }
        let equals = places[first...].prefix { closeness[$0] == closeness[first] }
        return first + equals.count / 2
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
