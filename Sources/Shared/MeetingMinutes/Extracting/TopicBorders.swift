#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Finds where a meeting goes on to another subject: where the words before and after have least in common.
///
/// In the manner of Hearst, "TextTiling: Segmenting Text into Multi-paragraph Subtopic Passages", 1997: blocks of the
/// same amount of speech, the cosine of what stands before and after each gap, and the depth of its valleys. Time and
/// memory are linear in length.
struct TopicBorders {
    /// How many blocks a meeting is compared in, and how many of them to each side of a gap.
    private static let blocks = 72
    private static let side = 8
    /// Less said than this, in terms, is about one thing.
    private static let leastTerms = 120

    /// The subjects' ranges in the list of utterances, of which the terms are given, in order; together they are all.
    static func segments(_ terms: [[Int32]], kinds: [Vocabulary.Kind]) -> [Range<Int>] {
        let total = terms.reduce(0) { $0 + $1.count }
        let words = Self.words(terms, kinds)
        let wanted = max(1, min(20, Int((Float(words) / 90).squareRoot().rounded())))
        guard !terms.isEmpty, wanted > 1, total >= leastTerms else { return terms.isEmpty ? [] : [0..<terms.count] }
        let blocks = cut(terms, total)
        let depths = depths(of: similarities(blocks, terms, kinds))
        let gap = max(2, blocks.count / (2 * wanted))
        var borders: [Int] = []
        for place in depths.indices.sorted(by: { (depths[$0], $1) > (depths[$1], $0) }) {
            guard borders.count < wanted - 1, depths[place] > 0 else { break }
            let border = place + 1
            guard border * 2 >= gap, (blocks.count - border) * 2 >= gap,
                borders.allSatisfy({ abs($0 - border) >= gap })
            else { continue }
            borders.append(border)
        }
        let starts = [0] + borders.sorted().map { blocks[$0].lowerBound } + [terms.count]
        return zip(starts, starts.dropFirst()).map { $0..<$1 }
    }

    /// About how many words of substance are said: two terms of Chinese are the pair and the character of one.
    private static func words(_ terms: [[Int32]], _ kinds: [Vocabulary.Kind]) -> Int {
        var halves = 0
        for list in terms { for term in list { halves += kinds[Int(term)] == .word ? 4 : 1 } }
        return halves / 4
    }

    /// Ranges of utterances with about as much said in each; one utterance is never cut.
    private static func cut(_ terms: [[Int32]], _ total: Int) -> [Range<Int>] {
        let share = max(1, Float(total) / Float(blocks))
        var ranges: [Range<Int>] = []
        var start = 0
        var said = 0
        for (place, list) in terms.enumerated() {
            said += list.count
            if Float(said) >= share * Float(ranges.count + 1), place + 1 < terms.count {
                ranges.append(start..<place + 1)
                start = place + 1
            }
        }
        ranges.append(start..<terms.count)
        return ranges
    }

    /// For each gap between blocks, the cosine of what is said to its sides, smoothed once.
    private static func similarities(_ blocks: [Range<Int>], _ terms: [[Int32]], _ kinds: [Vocabulary.Kind]) -> [Float]
    {
        let rows = rows(blocks, terms, kinds)
        var before = [Float](repeating: 0, count: kinds.count)
        var after = before
        func add(_ row: [(term: Int, weight: Float)], _ sign: Float, to sum: inout [Float]) {
            for entry in row { sum[entry.term] += sign * entry.weight }
        }
        for row in rows.prefix(side) { add(row, 1, to: &after) }
        var result: [Float] = []
        for gap in 1..<max(1, rows.count) {
            add(rows[gap - 1], 1, to: &before)
            add(rows[gap - 1], -1, to: &after)
            if gap - 1 >= side { add(rows[gap - 1 - side], -1, to: &before) }
            if gap - 1 + side < rows.count { add(rows[gap - 1 + side], 1, to: &after) }
            var (product, first, second): (Float, Float, Float) = (0, 0, 0)
            for (left, right) in zip(before, after) {
                product += left * right
                first += left * left
                second += right * right
            }
            result.append(first > 0 && second > 0 ? product / (first * second).squareRoot() : 0)
        }
        return result.indices.map { place in
            let near = result[max(0, place - 1)] + result[place] + result[min(result.count - 1, place + 1)]
            return near / 3
        }
    }

    /// The terms of each block, weighted; what only one block says connects nothing.
    private static func rows(
        _ blocks: [Range<Int>],
        _ terms: [[Int32]],
        _ kinds: [Vocabulary.Kind]
    ) -> [[(term: Int, weight: Float)]] {
        var frequency = [Int32](repeating: 0, count: kinds.count)
        let counts = blocks.map { range in
            var row: [(term: Int, count: Float)] = []
            // A pair says what its characters say, and more surely.
            for term in terms[range].joined().filter({ kinds[Int($0)] != .character }).sorted() {
                if row.last?.term == Int(term) { row[row.count - 1].count += 1 } else { row.append((Int(term), 1)) }
            }
            for entry in row { frequency[entry.term] += 1 }
            return row
        }
        let total = Float(blocks.count)
        return counts.map { row in
            row.filter { frequency[$0.term] > 1 }.map { entry in
                (entry.term, (1 + log(entry.count)) * log(1 + total / Float(frequency[entry.term])))
            }
        }
    }

    /// How far it is up from each gap to the next peaks at its sides.
    private static func depths(of similarities: [Float]) -> [Float] {
        similarities.indices.map { place in
            var left = place
            while left > 0, similarities[left - 1] >= similarities[left] { left -= 1 }
            var right = place
            while right + 1 < similarities.count, similarities[right + 1] >= similarities[right] { right += 1 }
            return similarities[left] + similarities[right] - 2 * similarities[place]
        }
    }
}
