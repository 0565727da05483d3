#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The sentences of a meeting as unit vectors over their terms, and how near each is to what the meeting is about.
///
/// Linear in length: each sentence is compared with the sum of all, not with each other one.
struct SentenceField: Sendable {
    /// The terms of all sentences, of each ascending, and their weights.
    private var terms: [Int32] = []
    private var weights: [Float] = []
    private var starts: [Int] = [0]
    /// The cosine of each sentence and the sum of all.
    private(set) var centrality: [Float] = []

    /// - Parameters:
    ///   - sentences: Their terms, repeats included.
    ///   - kinds: Of all terms, by number.
    ///   - lengths: Of the sentences: longer ones count more for what the meeting is about.
    init(_ sentences: [[Int32]], kinds: [Vocabulary.Kind], lengths: [Int]) {
        var frequency = [Float](repeating: 0, count: kinds.count)
        var rows: [[(term: Int32, count: Float)]] = []
        rows.reserveCapacity(sentences.count)
        for sentence in sentences {
            var row: [(term: Int32, count: Float)] = []
            for term in sentence.sorted() {
                if row.last?.term == term { row[row.count - 1].count += 1 } else { row.append((term, 1)) }
            }
            for entry in row { frequency[Int(entry.term)] += 1 }
            rows.append(row)
        }
        let total = Float(sentences.count)
        let rarity = frequency.indices.map { log(1 + total / max(1, frequency[$0])) * kinds[$0].weight }
        var sum = [Float](repeating: 0, count: kinds.count)
        for (place, row) in rows.enumerated() {
            let values = row.map { (1 + log($0.count)) * rarity[Int($0.term)] }
            let length = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let share = Float(lengths[place]).squareRoot()
            for (entry, value) in zip(row, values) {
                terms.append(entry.term)
                weights.append(value / length)
                sum[Int(entry.term)] += value / length * share
            }
            starts.append(terms.count)
        }
        let length = max(.leastNormalMagnitude, sum.reduce(0) { $0 + $1 * $1 }.squareRoot())
        centrality = sentences.indices.map { place in
            range(place).reduce(0) { $0 + weights[$1] * sum[Int(terms[$1])] } / length
        }
    }

    /// From 0 (no term in common) to 1 (the same terms).
    func similarity(_ first: Int, _ second: Int) -> Float {
        var i = starts[first]
        var j = starts[second]
        var sum: Float = 0
        while i < starts[first + 1], j < starts[second + 1] {
            if terms[i] == terms[j] {
                sum += weights[i] * weights[j]
                i += 1
                j += 1
            } else if terms[i] < terms[j] {
                i += 1
            } else {
                j += 1
            }
        }
        return sum
    }

    private func range(_ place: Int) -> Range<Int> { starts[place]..<starts[place + 1] }
}
