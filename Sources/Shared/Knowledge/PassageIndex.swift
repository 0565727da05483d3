#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The postings of all passages, and who fits a question best by BM25 (Robertson and Zaragoza, "The Probabilistic Relevance
/// Framework: BM25 and Beyond", 2009, section 3.4.2; k1 and b as they recommend).
///
/// A value: no lock, no clock, no I/O.
struct PassageIndex: Sendable {
    private struct Posting {
        let passage: UInt32
        let count: UInt16
    }

    private struct Entry {
        let document: Int
        let position: Int
        let piece: PassageSplitter.Piece
        let length: Float
    }

    private static let saturation: Float = 1.2
    private static let lengthShare: Float = 0.75
    /// How much of what a question asks for, weighed by how rare it is, a passage must speak of.
    static let leastCoverage: Float = 0.28
    /// How much is enough where a passage has several of the question's words, which seldom is by chance.
    static let leastCoverageOfWords: Float = 0.14
    static let severalWords: UInt8 = 2

    private var postings: [String: [Posting]] = [:]
    /// nil where the document is gone.
    private var entries: [Entry?] = []
    private var names: [String?] = []
    private var places: [String: (document: Int, passages: Range<Int>)] = [:]
    private var totalLength: Float = 0
    private(set) var passageCount = 0

    var documentCount: Int { places.count }
    var termCount: Int { postings.count }

    /// Adds a document in place of one of its name.
    mutating func insert(_ document: IndexedDocument) {
        remove(document.name)
        let start = entries.count
        for (position, entry) in document.entries.enumerated() {
            let passage = UInt32(entries.count)
            entries.append(
                Entry(document: names.count, position: position, piece: entry.piece, length: Float(entry.length))
            )
            totalLength += Float(entry.length)
            for (term, count) in entry.counts {
                postings[term, default: []].append(Posting(passage: passage, count: count))
            }
        }
        places[document.name] = (names.count, start..<entries.count)
        names.append(document.name)
        passageCount += document.entries.count
    }

    /// Removes a document; true if there was one.
    @discardableResult
    mutating func remove(_ name: String) -> Bool {
        guard let place = places.removeValue(forKey: name) else { return false }
        for passage in place.passages {
            totalLength -= entries[passage]?.length ?? 0
            entries[passage] = nil
        }
        names[place.document] = nil
        passageCount -= place.passages.count
        // Postings of what is gone are skipped; once they are most, they go.
        if entries.count > 2 * passageCount + 1_000 { compact() }
        return true
    }

    func passages(of name: String) -> Int { places[name]?.passages.count ?? 0 }

    /// The passages that fit a question best, the best first; none where none speaks of enough of it.
    func search(_ question: String, limit: Int) -> [Passage] {
        let terms = QueryTerms.terms(of: question)
        guard limit > 0, passageCount > 0, !terms.isEmpty else { return [] }
        var scores = [Float](repeating: 0, count: entries.count)
        var covered = [Float](repeating: 0, count: entries.count)
        var words = [UInt8](repeating: 0, count: entries.count)
        var asked: Float = 0
        let averageLength = max(1, totalLength / Float(passageCount))
        for term in terms {
            let found = postings[term] ?? []
            let rarity = rarity(ofTermIn: found.count)
            asked += rarity
            // A single Chinese character is in everything.
            let isWord = term.unicodeScalars.count > 1
            for posting in found {
                let passage = Int(posting.passage)
                guard let entry = entries[passage] else { continue }
                let count = Float(posting.count)
                let damping = 1 - Self.lengthShare + Self.lengthShare * entry.length / averageLength
                scores[passage] += rarity * count * (Self.saturation + 1) / (count + Self.saturation * damping)
                covered[passage] += rarity
                if isWord { words[passage] &+= 1 }
            }
        }
        func fits(_ passage: Int) -> Bool {
            let coverage = covered[passage] / asked
            return coverage >= Self.leastCoverage
                || words[passage] >= Self.severalWords && coverage >= Self.leastCoverageOfWords
        }
        var best: [(passage: Int, score: Float)] = []
        for passage in scores.indices where scores[passage] > 0 && fits(passage) {
            if best.count == limit, let last = best.last, last.score >= scores[passage] { continue }
            let place = best.firstIndex { $0.score < scores[passage] } ?? best.endIndex
            best.insert((passage, scores[passage]), at: place)
            if best.count > limit { best.removeLast() }
        }
        return best.compactMap { found in
            guard let entry = entries[found.passage], let name = names[entry.document] else { return nil }
            return Passage(
                document: name,
                headings: entry.piece.headings,
                text: entry.piece.text,
                score: Double(found.score),
                position: entry.position
            )
        }
    }

    /// Never negative, also for a term in most passages.
    private func rarity(ofTermIn count: Int) -> Float {
        log(1 + (Float(max(0, passageCount - count)) + 0.5) / (Float(count) + 0.5))
    }

    private mutating func compact() {
        var moved = [UInt32?](repeating: nil, count: entries.count)
        var kept: [Entry?] = []
        var keptNames: [String?] = []
        var keptPlaces: [String: (document: Int, passages: Range<Int>)] = [:]
        for (name, place) in places.sorted(by: { $0.value.document < $1.value.document }) {
            let start = kept.count
            for passage in place.passages {
                guard let entry = entries[passage] else { continue }
                moved[passage] = UInt32(kept.count)
                kept.append(
                    Entry(document: keptNames.count, position: entry.position, piece: entry.piece, length: entry.length)
                )
            }
            keptPlaces[name] = (keptNames.count, start..<kept.count)
            keptNames.append(name)
        }
        postings = postings.compactMapValues { list in
            let list = list.compactMap { posting in
                moved[Int(posting.passage)].map { Posting(passage: $0, count: posting.count) }
            }
            return list.isEmpty ? nil : list
        }
        entries = kept
        names = keptNames
        places = keptPlaces
    }
}
