/// Turns text into the terms that sentences are compared by.
///
/// Runs of Chinese give their character pairs and single characters, without those that only hold a sentence together;
/// words of other scripts are lower-cased, cut to a stem and dropped if they are stop words. No dictionary,
/// so names and jargon count like any other word.
package struct Tokenizer: Sendable {
    package init() {}

    /// The terms of a text in order, repeats included.
    package func terms(in text: some StringProtocol) -> [String] {
        var terms: [String] = []
        forEachTerm(in: text) { terms.append($0) }
        return terms
    }

    /// Characters or words that stand together without a function word or a mark between them.
    package enum Run: Sendable, Equatable {
        case ideographs([Unicode.Scalar])
        /// Lower-cased, whole, without numbers.
        case words([String])
    }

    /// The runs of a text in order, for finding phrases.
    package func runs(in text: some StringProtocol) -> [Run] {
        var runs: [Run] = []
        var characters: [Unicode.Scalar] = []
        var words: [String] = []
        var word = String.UnicodeScalarView()

        func closeWord() {
            guard !word.isEmpty else { return }
            let lower = String(word).lowercased()
            word.removeAll(keepingCapacity: true)
            if lower.utf8.count > 2, !StopWords.english.contains(lower), !lower.unicodeScalars.allSatisfy(\.isDigit) {
                words.append(lower)
            } else {
                closeWords()
            }
        }
        func closeWords() {
            if !words.isEmpty { runs.append(.words(words)) }
            words.removeAll()
        }
        func closeCharacters() {
            if characters.count > 1 { runs.append(.ideographs(characters)) }
            characters.removeAll()
        }

        for scalar in text.unicodeScalars {
            if scalar.isIdeograph {
                closeWord()
                closeWords()
                if StopWords.chinese.contains(scalar) { closeCharacters() } else { characters.append(scalar) }
            } else {
                closeCharacters()
                if scalar.isWordLetter || scalar.isDigit || !word.isEmpty && (scalar == "'" || scalar == "’") {
                    if scalar.isWordLetter || scalar.isDigit { word.append(scalar) }
                } else {
                    closeWord()
                    if !scalar.isSpace { closeWords() }
                }
            }
        }
        closeWord()
        closeWords()
        closeCharacters()
        return runs
    }

    /// Calls `body` with each term; single characters come after the pairs they start.
    func forEachTerm(in text: some StringProtocol, _ body: (String) -> Void) {
        var word = String.UnicodeScalarView()
        var previous: Unicode.Scalar?

        func closeWord() {
            guard !word.isEmpty else { return }
            if let term = Self.term(ofWord: String(word)) { body(term) }
            word.removeAll(keepingCapacity: true)
        }

        for scalar in text.unicodeScalars {
            if scalar.isIdeograph {
                closeWord()
                guard !StopWords.chinese.contains(scalar) else {
                    previous = nil
                    continue
                }
                if let previous { body(String(String.UnicodeScalarView([previous, scalar]))) }
                body(String(Character(scalar)))
                previous = scalar
            } else {
                previous = nil
                if scalar.isWordLetter || scalar.isDigit {
                    word.append(scalar)
                } else if (scalar == "'" || scalar == "’"), !word.isEmpty {
                    continue  // don't, it's: one word
                } else {
                    closeWord()
                }
            }
        }
        closeWord()
    }

    /// The stem of a word, or nil for a stop word or a single letter.
    private static func term(ofWord word: String) -> String? {
        let lower = word.lowercased()
        guard lower.utf8.count > 1, !StopWords.english.contains(lower) else {
            return lower.unicodeScalars.allSatisfy(\.isDigit) ? lower : nil
        }
        return WordStem.of(lower)
    }
}

/// Light English stemming: endings that change grammar and not the word.
package enum WordStem {
    /// `meetings`, `companies`, `decided`, `deciding`, `quickly` lose their ending; short words stay.
    package static func of(_ word: String) -> String {
        guard word.utf8.count > 4, word.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else { return word }
        if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
        if word.hasSuffix("sses") || word.hasSuffix("xes") || word.hasSuffix("ches") || word.hasSuffix("shes") {
            return String(word.dropLast(2))
        }
        for ending in ["ing", "ed", "ly"] where word.hasSuffix(ending) && word.utf8.count >= ending.utf8.count + 4 {
            return withoutDoubledEnd(word.dropLast(ending.utf8.count))
        }
        if word.hasSuffix("es") || word.hasSuffix("e") { return String(word.dropLast(word.hasSuffix("es") ? 2 : 1)) }
        if word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("us"), !word.hasSuffix("is") {
            return String(word.dropLast())
        }
        return word
    }

    /// `planned` and `planning` leave `plann`: one consonant too many.
    private static func withoutDoubledEnd(_ stem: Substring) -> String {
        let end = stem.utf8.suffix(2)
        guard end.count == 2, end.first == end.last, let last = stem.last, !"ls".contains(last) else {
            return String(stem)
        }
        return String(stem.dropLast())
    }
}
