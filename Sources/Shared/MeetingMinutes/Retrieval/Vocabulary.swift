import LanguageModel

/// Numbers the terms of a meeting, so that hours of it can be compared as numbers and not as strings.
///
/// Terms are pairs and single characters of Chinese, and the stems (`SearchStem`) of other words without stop words. A word
/// is stemmed once however often it is said. What stands in braces is no speech but a transcriber's mark (`{laugh}`).
struct Vocabulary: Sendable {
    enum Kind: UInt8, Sendable {
        case word, pair, character

        /// How much it tells of the subject: a single Chinese character is in everything.
        var weight: Float { self == .character ? 0.3 : 1 }
    }

    /// One or two ideographs as their code points, and the term.
    private var ideographs: [UInt64: Int32] = [:]
    /// Words in lower case by their hash, and the term: -1 for a stop word.
    private var words: [UInt64: Int32] = [:]
    private var stems: [String: Int32] = [:]
    private(set) var kinds: [Kind] = []

    var count: Int { kinds.count }

    /// The terms of a text in order, repeats included; new ones are numbered.
    mutating func terms(of text: String) -> [Int32] {
        var terms: [Int32] = []
        TermScanner.scan(text) { piece in
            let term =
                switch piece {
                case .ideographs(let key, let kind): number(ofIdeographs: key, kind)
                case .word(let letters): number(ofWord: letters)
                }
            if term >= 0 { terms.append(term) }
        }
        return terms
    }

    /// The terms of a text that were numbered before.
    func knownTerms(of text: String) -> [Int32] {
        var terms: [Int32] = []
        TermScanner.scan(text) { piece in
            switch piece {
            case .ideographs(let key, _): if let term = ideographs[key] { terms.append(term) }
            case .word(let letters): if let term = term(ofWord: TermScanner.lowercased(letters)) { terms.append(term) }
            }
        }
        return terms
    }

    /// The term of a word in lower case, if it is none of the stop words and was numbered before.
    func term(ofWord word: String) -> Int32? {
        Self.isTerm(word) ? stems[SearchStem.of(word)] : nil
    }

    /// The term with a stem, if it was numbered before.
    func term(ofStem stem: String) -> Int32? { stems[stem] }

    private mutating func number(ofIdeographs key: UInt64, _ kind: Kind) -> Int32 {
        if let term = ideographs[key] { return term }
        let term = add(kind)
        ideographs[key] = term
        return term
    }

    private mutating func number(ofWord letters: [Unicode.Scalar]) -> Int32 {
        let hash = TermScanner.hash(letters)
        if let term = words[hash] { return term }
        let word = TermScanner.lowercased(letters)
        var term: Int32 = -1
        if Self.isTerm(word) {
            let stem = SearchStem.of(word)
            term = stems[stem] ?? add(.word)
            stems[stem] = term
        }
        words[hash] = term
        return term
    }

    private mutating func add(_ kind: Kind) -> Int32 {
        kinds.append(kind)
        return Int32(kinds.count - 1)
    }

    private static func isTerm(_ word: String) -> Bool {
        word.utf8.count > 1 && !StopWords.english.contains(word) || word.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// Reads a text as words and runs of ideographs.
enum TermScanner {
    enum Piece {
        /// One ideograph, or two in a row as the first's code point above the second's.
        case ideographs(UInt64, Vocabulary.Kind)
        /// Letters and digits, as written.
        case word([Unicode.Scalar])
    }

    /// The longest mark in braces, in characters: a lone brace hides nothing beyond it.
    private static let longestMark = 24

    static func scan(_ text: String, _ body: (Piece) -> Void) {
        var letters: [Unicode.Scalar] = []
        var previous: Unicode.Scalar?
        var mark = 0
        func close() {
            guard !letters.isEmpty else { return }
            body(.word(letters))
            letters.removeAll(keepingCapacity: true)
        }
        for scalar in text.unicodeScalars {
            if mark > 0 || scalar == "{" {
                mark = scalar == "}" || mark > longestMark ? 0 : mark + 1
                close()
                previous = nil
            } else if scalar.value >= 0x2E80, scalar.isIdeograph {
                close()
                guard !StopWords.chinese.contains(scalar) else {
                    previous = nil
                    continue
                }
                if let previous { body(.ideographs(UInt64(previous.value) << 32 | UInt64(scalar.value), .pair)) }
                body(.ideographs(UInt64(scalar.value), .character))
                previous = scalar
            } else {
                previous = nil
                if scalar.isWordLetter || scalar.isDigit {
                    letters.append(scalar)
                } else if scalar != "'", scalar != "’" {
                    close()
                }
            }
        }
        close()
    }

    /// The same for upper and lower case; two words of a meeting with the same 64 bits do not occur.
    ///
    /// FNV-1a (Fowler, Noll, Vo) over code points.
    static func hash(_ letters: some Sequence<Unicode.Scalar>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for scalar in letters {
            let lower = (0x41...0x5A).contains(scalar.value) ? scalar.value + 0x20 : scalar.value
            hash = (hash ^ UInt64(lower)) &* 0x100_0000_01B3
        }
        return hash
    }

    static func lowercased(_ letters: [Unicode.Scalar]) -> String {
        String(String.UnicodeScalarView(letters)).lowercased()
    }
}
