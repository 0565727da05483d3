#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Sentences as unit vectors over their terms, each weighted by how rare it is among them.
struct SentenceVectors {
    struct Entry {
        let term: Int32
        let weight: Double
    }

    /// One row a sentence, by ascending term; empty for a sentence without terms.
    let rows: [[Entry]]
    /// For each term, the sentences that have it, ascending, with its weight there.
    let postings: [[(sentence: Int32, weight: Double)]]

    /// How much each sentence says: its different words, four terms of Chinese counted as one.
    let substance: [Double]

    init(_ sentences: [String], tokenizer: Tokenizer = Tokenizer()) {
        var identifiers: [String: Int32] = [:]
        var discounts: [Double] = []
        var sizes: [Double] = []
        var counts: [[Int32: Double]] = []
        counts.reserveCapacity(sentences.count)
        for sentence in sentences {
            var row: [Int32: Double] = [:]
            tokenizer.forEachTerm(in: sentence) { term in
                let next = Int32(identifiers.count)
                let identifier = identifiers[term, default: next]
                if identifier == next {
                    identifiers[term] = next
                    discounts.append(Self.discount(of: term))
                    sizes.append(term.unicodeScalars.first?.isIdeograph == true ? 0.25 : 1)
                }
                row[identifier, default: 0] += 1
            }
            counts.append(row)
        }

        var frequency = [Int](repeating: 0, count: identifiers.count)
        for row in counts { for term in row.keys { frequency[Int(term)] += 1 } }

        let total = Double(sentences.count)
        var rows: [[Entry]] = []
        rows.reserveCapacity(sentences.count)
        var postings = [[(sentence: Int32, weight: Double)]](repeating: [], count: identifiers.count)
        for (sentence, row) in counts.enumerated() {
            var entries = row.sorted { $0.key < $1.key }.map { term, count in
                let rarity = discounts[Int(term)] * log(1 + total / Double(frequency[Int(term)]))
                return Entry(term: term, weight: (1 + log(count)) * rarity)
            }
            let length = entries.reduce(0) { $0 + $1.weight * $1.weight }.squareRoot()
            if length > 0 { entries = entries.map { Entry(term: $0.term, weight: $0.weight / length) } }
            for entry in entries {
                postings[Int(entry.term)].append((sentence: Int32(sentence), weight: entry.weight))
            }
            rows.append(entries)
        }
        self.rows = rows
        self.postings = postings
        substance = counts.map { row in row.keys.reduce(0) { $0 + sizes[Int($1)] } }
    }

    /// From 0 (no term in common) to 1 (the same terms).
    func similarity(_ first: Int, _ second: Int) -> Double {
        let left = rows[first]
        let right = rows[second]
        var i = 0
        var j = 0
        var sum = 0.0
        while i < left.count, j < right.count {
            if left[i].term == right[j].term {
                sum += left[i].weight * right[j].weight
                i += 1
                j += 1
            } else if left[i].term < right[j].term {
                i += 1
            } else {
                j += 1
            }
        }
        return sum
    }

    /// A single Chinese character is a weaker sign of the same subject than a pair or a word.
    private static func discount(of term: String) -> Double {
        let scalars = term.unicodeScalars
        guard let first = scalars.first, scalars.count == 1 else { return 1 }
        return first.isIdeograph ? 0.3 : 1
    }
}
