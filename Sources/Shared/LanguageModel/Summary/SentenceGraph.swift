/// Ranks sentences by how much the others speak of the same (TextRank with LexRank's cosine).
///
/// Mihalcea and Tarau, "TextRank: Bringing Order into Texts", 2004; Erkan and Radev, "LexRank", 2004.
struct SentenceGraph {
    private struct Edge {
        let target: Int
        let weight: Double
    }

    /// Each sentence's likest others, at most `neighbours` of them.
    private var edges: [[Edge]]

    /// `neighbours` bounds memory and time however long the text is; sentences less similar than `threshold` are strangers.
    init(_ vectors: SentenceVectors, neighbours: Int = 24, threshold: Double = 0.06) {
        let count = vectors.rows.count
        // A term of most sentences connects everything and means nothing; skipping it also bounds the work.
        let commonest = Swift.max(12, Swift.min(count / 4, 150))
        var similarity = [Double](repeating: 0, count: count)
        var touched: [Int] = []
        edges = []
        edges.reserveCapacity(count)
        for sentence in 0..<count {
            for entry in vectors.rows[sentence] {
                let postings = vectors.postings[Int(entry.term)]
                guard postings.count > 1, postings.count <= commonest else { continue }
                for posting in postings {
                    let other = Int(posting.sentence)
                    if similarity[other] == 0 { touched.append(other) }
                    similarity[other] += entry.weight * posting.weight
                }
            }
            var found: [Edge] = []
            for other in touched {
                if other != sentence, similarity[other] >= threshold {
                    found.append(Edge(target: other, weight: similarity[other]))
                }
                similarity[other] = 0
            }
            touched.removeAll(keepingCapacity: true)
            found.sort { ($0.weight, $1.target) > ($1.weight, $0.target) }
            edges.append(Array(found.prefix(neighbours)))
        }
    }

    /// The rank of each sentence by power iteration; the ranks sum to 1.
    ///
    /// `prior` is where a random reader starts over, one non-negative weight a sentence; `damping` is how far the others'
    /// word counts against it.
    func ranks(prior: [Double], damping: Double = 0.85) -> [Double] {
        let total = prior.reduce(0, +)
        guard total > 0 else { return prior }
        let start = prior.map { $0 / total }
        let outgoing = edges.map { row in row.reduce(0) { $0 + $1.weight } }
        var ranks = start
        for _ in 0..<40 {
            var next = start.map { $0 * (1 - damping) }
            var stranded = 0.0
            for (sentence, row) in edges.enumerated() {
                guard outgoing[sentence] > 0 else {
                    stranded += ranks[sentence]
                    continue
                }
                let share = damping * ranks[sentence] / outgoing[sentence]
                for edge in row { next[edge.target] += share * edge.weight }
            }
            var change = 0.0
            for sentence in next.indices {
                next[sentence] += damping * stranded * start[sentence]
                change += abs(next[sentence] - ranks[sentence])
            }
            ranks = next
            if change < 1e-6 { break }
        }
        return ranks
    }
}
