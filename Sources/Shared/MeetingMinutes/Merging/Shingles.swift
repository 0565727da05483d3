import TimePhrases

/// A text as the set of its pieces, by which texts that say the same are found: pairs of characters in Chinese, words in
/// English, without the words that say nothing.
struct Shingles: Sendable {
    /// Hashes, ascending, each once.
    let pieces: [UInt32]
    /// What turns the meaning of a text around, as `不` and `not`.
    let isNegated: Bool

    init(_ text: String) {
        let scanner = PhraseScanner(text, joinsDigits: true)
        self.init(scanner, figures: NumberReader.numbers(in: scanner))
    }

    /// - Parameters:
    ///   - text: The text.
    ///   - figures: The numbers in it, which are the same piece in whatever form.
    init(_ text: PhraseScanner, figures: [SpokenNumber]) {
        let characters = text.characters
        var figures = figures.filter { $0.isClaim && !$0.values.isEmpty }[...]
        var pieces: [UInt32] = []
        var isNegated = false
        var place = 0
        while place < characters.count {
            let character = characters[place]
            if let figure = figures.first, figure.range.lowerBound <= place {
                figures.removeFirst()
                guard figure.range.lowerBound == place, let value = figure.values.first else { continue }
                pieces.append(UInt32(truncatingIfNeeded: value.bitPattern &* 0x9E37_79B9 >> 20))
                place = figure.range.upperBound
                if place < characters.count, characters[place] == "%" { place += 1 }
                continue
            }
            if character.isHan {
                if Self.negations.contains(character) { isNegated.toggle() }
                let next = place + 1 < characters.count ? characters[place + 1] : " "
                if !Self.fillers.contains(character) {
                    // Blanks between characters and a filler count as nothing.
                    if next.isHan, !Self.fillers.contains(next) {
                        pieces.append(character.value &* 31_337 &+ next.value)
                    } else if place == 0 || !characters[place - 1].isHan {
                        pieces.append(character.value)
                    }
                }
                place += 1
            } else if character.isWordPart {
                let start = place
                while place < characters.count, characters[place].isWordPart, !characters[place].isHan { place += 1 }
                let word = characters[start..<place]
                var view = String.UnicodeScalarView()
                view.append(contentsOf: word)
                let text = String(view)
                if Self.englishNegations.contains(text) || text == "t" && start > 1 && characters[start - 2] == "n" {
                    isNegated.toggle()
                }
                if word.count > 1 || word.first?.isDigit == true, !Self.stopWords.contains(text) {
                    pieces.append(Self.hash(Self.stem(word)))
                }
            } else {
                place += 1
            }
        }
        self.pieces = Array(Set(pieces)).sorted()
        self.isNegated = isNegated
    }

    /// Of a question, without what asks.
    init(question: String) {
        var text = question
        for word in Self.asking { text = text.replacing(word, with: " ") }
        self.init(text)
    }

    /// How much two texts have in common, of what both say: 0 to 1.
    func likeness(_ other: Shingles) -> Double {
        let common = common(with: other)
        let all = pieces.count + other.pieces.count - common
        return all == 0 ? 0 : Double(common) / Double(all)
    }

    /// How much of this is in another: 0 to 1.
    func containment(in other: Shingles) -> Double {
        pieces.isEmpty ? 0 : Double(common(with: other)) / Double(pieces.count)
    }

    private func common(with other: Shingles) -> Int {
        var (mine, theirs, common) = (0, 0, 0)
        while mine < pieces.count, theirs < other.pieces.count {
            if pieces[mine] == other.pieces[theirs] {
                common += 1
                mine += 1
                theirs += 1
            } else if pieces[mine] < other.pieces[theirs] {
                mine += 1
            } else {
                theirs += 1
            }
        }
        return common
    }

    /// `plans` and `planned` are `plan`, near enough.
    private static func stem(_ word: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar> {
        for end in ["ing", "ed", "es", "s"] where word.count > end.count + 3 {
            if word.suffix(end.count).elementsEqual(end.unicodeScalars) { return word.dropLast(end.count) }
        }
        return word
    }

    /// FNV-1a.
    private static func hash(_ word: ArraySlice<Unicode.Scalar>) -> UInt32 {
        word.reduce(2_166_136_261) { ($0 ^ $1.value) &* 16_777_619 }
    }

    private static let negations = Set("不没未无别".unicodeScalars)
    private static let englishNegations: Set = ["not", "no", "never", "without", "cannot", "stop", "cancel"]
    private static let asking = ["要不要", "是不是", "是否", "能不能", "可不可以", "应该", "吗", "呢", "什么", "？", "Should", "should"]
    private static let fillers = Set("的了吧呢吗啊呀就把将要会先再也都很".unicodeScalars)
    private static let stopWords = Set(
        """
        the an and or of to in on at for with by is are was were be been will would should can could shall must have has had do \
        does did it its that this these those we our they their he she his her you your as from so then there need needs
        """
        .split(separator: " ").map(String.init)
    )
}
