import LanguageModel

/// A document cut into passages, with how often each term occurs in them: what can be done without the index.
struct IndexedDocument: Sendable {
    struct Entry: Sendable {
        let piece: PassageSplitter.Piece
        let counts: [String: UInt16]
        /// Terms in all, the measure of BM25.
        let length: Int
    }

    let name: String
    let entries: [Entry]

    init(name: String, entries: [Entry]) {
        self.name = name
        self.entries = entries
    }

    /// Cuts and counts. Passages after `maximumPassages` are left out.
    init(name: String, text: String, splitter: PassageSplitter, maximumPassages: Int) {
        self.name = name
        let tokenizer = Tokenizer()
        // Where a text stands says what it is about, though it may not repeat it.
        let title = tokenizer.terms(in: Self.title(of: name))
        entries = splitter.pieces(of: text).prefix(maximumPassages).map { piece in
            var counts: [String: UInt16] = [:]
            var length = 0
            func count(_ terms: [String]) {
                for term in terms { counts[term, default: 0] = min(counts[term, default: 0] + 1, .max - 1) }
                length += terms.count
            }
            count(tokenizer.terms(in: piece.text))
            count(title)
            for heading in piece.headings { count(tokenizer.terms(in: heading)) }
            // The nearest heading twice: it is what the passage is called.
            if let last = piece.headings.last { count(tokenizer.terms(in: last)) }
            return Entry(piece: piece, counts: counts, length: length)
        }
    }

    /// `policies/travel.md` is about policies and travel.
    private static func title(of name: String) -> String {
        let end = name.lastIndex(of: ".") ?? name.endIndex
        return String(name[..<end].map { "/_-.".contains($0) ? " " : $0 })
    }
}
