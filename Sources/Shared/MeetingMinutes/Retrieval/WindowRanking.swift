#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Who of a transcript's windows fits a question best.
///
/// BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009) of the window, and weaker of
/// what surrounds it, since a subject lasts longer than a window; more where the asked words stand close together, where the
/// person asked about speaks, and where more is said at all.
struct WindowRanking {
    // The weights were found on half of the meetings of a public collection and held on the other half; the ranking hardly
    // changes with a third more or less of any of them.
    private static let saturation: Float = 1.2
    private static let lengthShare: Float = 0.4
    /// What surrounds a window, in utterances to each side, and what it counts.
    private static let surroundings = 30
    private static let contextWeight: Float = 0.5
    /// How close words stand together, in utterances to each side, and what it counts.
    private static let nearness = 4
    private static let nearnessWeight: Float = 0.5
    private static let speakerWeight: Float = 4
    private static let densityWeight: Float = 0.5
    private static let neighbourWeight: Float = 0.1

    private let windows: [Range<Int>]
    private let scores: [Float]
    private let coverage: [Float]
    /// How much of what is asked is said around each utterance.
    let closeness: [Float]

    init(of question: Question, in index: TranscriptIndex) {
        let count = index.utteranceCount
        let windows = Self.windows(count)
        let rows = index.counts(of: question.terms.map(\.term))
        var scores = [Float](repeating: 0, count: windows.count)
        var covered = [Float](repeating: 0, count: windows.count)
        var asked = question.unknownWeight * Self.rarity(0, of: windows.count)
        var closeness = [Float](repeating: 0, count: count)
        let surroundings = windows.map {
            max(0, $0.lowerBound - Self.surroundings)..<min(count, $0.upperBound + Self.surroundings)
        }
        let lengths = Self.relativeLengths(windows, index)
        let wideLengths = Self.relativeLengths(surroundings, index)
        for (term, row) in zip(question.terms, rows) {
            let near = Self.add(row, windows, lengths, weight: term.weight, to: &scores)
            Self.add(row, surroundings, wideLengths, weight: term.contextWeight * Self.contextWeight, to: &scores)
            for (place, window) in windows.enumerated() where row[window.upperBound] > row[window.lowerBound] {
                covered[place] += near
            }
            if !term.isRelated { asked += near }
            for utterance in 0..<count {
                let end = min(count, utterance + Self.nearness + 1)
                if row[end] > row[max(0, utterance - Self.nearness)] { closeness[utterance] += near }
            }
        }
        let shares = Self.shares(of: question.speakers, windows, index)
        for (place, window) in windows.enumerated() {
            scores[place] += Self.nearnessWeight * (closeness[window].max() ?? 0)
            scores[place] += Self.speakerWeight * shares[place]
            scores[place] += Self.densityWeight * min(1.5, lengths[place])
        }
        self.windows = windows
        self.closeness = closeness
        coverage = covered.map { asked > 0 ? min(1, $0 / asked) : 0 }
        self.scores = scores.indices.map { place in
            let before = place > 0 ? scores[place - 1] : 0
            let after = place + 1 < scores.count ? scores[place + 1] : 0
            return scores[place] + Self.neighbourWeight * (before + after)
        }
    }

    /// At most `limit` windows that do not overlap, the best first; of equal ones the earlier first.
    func best(_ limit: Int) -> [Window] {
        var chosen: [Int] = []
        for place in scores.indices.sorted(by: { (scores[$0], $1) > (scores[$1], $0) }) {
            guard chosen.count < limit else { break }
            if !chosen.contains(where: { windows[$0].overlaps(windows[place]) }) { chosen.append(place) }
        }
        return chosen.map { place in
            Window(
                numbers: windows[place].lowerBound + 1...windows[place].upperBound,
                score: Double(scores[place]),
                coverage: Double(coverage[place])
            )
        }
    }

    /// Adds a term's part of BM25 to each range's score; returns how rare the term is, times its weight.
    @discardableResult
    private static func add(
        _ row: [Int32],
        _ ranges: [Range<Int>],
        _ lengths: [Float],
        weight: Float,
        to scores: inout [Float]
    ) -> Float {
        let found = ranges.count { row[$0.upperBound] > row[$0.lowerBound] }
        let value = rarity(found, of: ranges.count) * weight
        for (place, range) in ranges.enumerated() {
            let count = Float(row[range.upperBound] - row[range.lowerBound])
            guard count > 0 else { continue }
            let damping = 1 - lengthShare + lengthShare * lengths[place]
            scores[place] += value * count * (saturation + 1) / (count + saturation * damping)
        }
        return value
    }

    private static func rarity(_ found: Int, of count: Int) -> Float {
        log(1 + (Float(count - found) + 0.5) / (Float(found) + 0.5))
    }

    private static func windows(_ count: Int) -> [Range<Int>] {
        let length = min(count, TranscriptIndex.windowLength)
        var starts = Array(Swift.stride(from: 0, through: count - length, by: TranscriptIndex.stride))
        if let last = starts.last, last < count - length { starts.append(count - length) }
        return starts.map { $0..<$0 + length }
    }

    /// How much is said in each range, against their average.
    private static func relativeLengths(_ ranges: [Range<Int>], _ index: TranscriptIndex) -> [Float] {
        let lengths = ranges.map { Float(index.termsBefore($0.upperBound) - index.termsBefore($0.lowerBound)) }
        let average = max(1, lengths.reduce(0, +) / Float(max(1, lengths.count)))
        return lengths.map { $0 / average }
    }

    /// How much of each window the people asked about say: half of it or more is 1, for each of them.
    private static func shares(of speakers: Set<String>, _ windows: [Range<Int>], _ index: TranscriptIndex) -> [Float] {
        guard !speakers.isEmpty else { return [Float](repeating: 0, count: windows.count) }
        return windows.map { window in
            var spoken: [String: Int] = [:]
            for place in window {
                guard let speaker = index.transcript.utterances[place].speaker, speakers.contains(speaker) else {
                    continue
                }
                spoken[speaker, default: 0] += index.termsBefore(place + 1) - index.termsBefore(place)
            }
            let all = Float(max(1, index.termsBefore(window.upperBound) - index.termsBefore(window.lowerBound)))
            return spoken.values.reduce(0) { $0 + min(1, 2 * Float($1) / all) }
        }
    }
}
