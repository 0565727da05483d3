/// Cuts text into sentences, Chinese and English, also mixed.
///
/// A sentence ends after 。！？；… and after `.` `!` `?` before a space, together with the quotes and brackets that close
/// there; not after an abbreviation or an initial, and not inside a number. A line break ends one too, unless
/// the next line goes on in lower case (wrapped prose). What has no end for `maximumLength` is cut at a comma or a space,
/// since speech recognition may not punctuate.
package struct SentenceSplitter: Sendable {
    /// Upper bound of one sentence, in Unicode scalars.
    let maximumLength: Int

    package init(maximumLength: Int = 300) {
        precondition(maximumLength >= 20, "a bound under 20 cuts words")
        self.maximumLength = maximumLength
    }

    /// The sentences in order, trimmed, none of them empty or without a letter or digit.
    package func sentences(in text: some StringProtocol) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var sentences: [String] = []
        var start = 0
        var index = 0
        var lastPause = 0

        func close(before end: Int) {
            if let sentence = Self.trimmed(scalars[start..<end]) { sentences.append(sentence) }
            start = end
            lastPause = end
        }

        while index < scalars.count {
            let scalar = scalars[index]
            if scalar.isNewline {
                if !isWrap(at: index, in: scalars) { close(before: index) }
                index += 1
            } else if Self.ends.contains(scalar) {
                let end = endOfClosers(from: index, in: scalars)
                if endsSentence(at: index, end: end, in: scalars) { close(before: end) }
                index = end
            } else {
                index += 1
                if Self.pauses.contains(scalar) { lastPause = index }
            }
            if index - start > maximumLength {
                close(before: lastPause > start + maximumLength / 4 ? lastPause : index)
            }
        }
        close(before: scalars.count)
        return sentences
    }

    private static let ends = Set("。！？；…!?.".unicodeScalars)
    private static let closers = Set("”’」』）】》\"')]".unicodeScalars)
    private static let pauses = Set("，、,;：: \t\u{3000}".unicodeScalars)

    /// Where the run of end marks and closing quotes that begins at `index` is over.
    private func endOfClosers(from index: Int, in scalars: [Unicode.Scalar]) -> Int {
        var end = index + 1
        while end < scalars.count, Self.ends.contains(scalars[end]) || Self.closers.contains(scalars[end]) { end += 1 }
        return end
    }

    private func endsSentence(at index: Int, end: Int, in scalars: [Unicode.Scalar]) -> Bool {
        let mark = scalars[index]
        guard mark.isASCII else { return true }
        // `3.5`, `a.b`, `report.txt`, `?x=1`: a mark inside a word, unless the next script needs no space.
        guard end == scalars.count || !scalars[end].isWordLetter && !scalars[end].isDigit else { return false }
        guard mark == "." else { return true }
        var next = end
        while next < scalars.count, scalars[next].isSpace { next += 1 }
        if next < scalars.count, scalars[next].properties.isLowercase { return false }
        guard end == index + 1 else { return true }
        return !Self.isAbbreviation(endingAt: index, in: scalars, isLast: next == scalars.count)
    }

    /// Whether the word before a full stop is one that is written with it and goes on.
    private static func isAbbreviation(endingAt dot: Int, in scalars: [Unicode.Scalar], isLast: Bool) -> Bool {
        guard !isLast else { return false }
        var start = dot
        while start > 0, scalars[start - 1].isWordLetter || scalars[start - 1] == "." { start -= 1 }
        guard start < dot else { return false }
        let word = String(String.UnicodeScalarView(scalars[start..<dot]))
        if word.unicodeScalars.count == 1 { return word != "I" && scalars[start].properties.isUppercase }
        return word.contains(".") || abbreviations.contains(word.lowercased())
    }

    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "no", "fig", "eq", "dept", "approx", "gen", "rep",
        "sen",
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "cf", "ca", "ext",
    ]

    /// Whether the line break at `index` only wraps a line of prose.
    private func isWrap(at index: Int, in scalars: [Unicode.Scalar]) -> Bool {
        guard index > 0, index + 1 < scalars.count else { return false }
        let before = scalars[index - 1]
        return (before.isWordLetter || before == ",") && scalars[index + 1].properties.isLowercase
    }

    private static func trimmed(_ scalars: ArraySlice<Unicode.Scalar>) -> String? {
        guard scalars.contains(where: { $0.isIdeograph || $0.isWordLetter || $0.isDigit }) else { return nil }
        var slice = scalars
        while let first = slice.first, first.isSpace || first.isNewline { slice.removeFirst() }
        while let last = slice.last, last.isSpace || last.isNewline { slice.removeLast() }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: slice.lazy.map { $0.isNewline ? " " : $0 })
        return String(view)
    }
}
