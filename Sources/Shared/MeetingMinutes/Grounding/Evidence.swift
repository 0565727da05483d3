import TimePhrases
import TimeZones

/// What the utterances that a fact cites say, in a form that can be compared.
struct Evidence {
    let utterances: [Utterance]
    let text: PhraseScanner
    /// Letters, digits and the points between digits, without anything that stands between words.
    private let compact: [Unicode.Scalar]
    /// Where each of `compact` stands in `text`.
    private let places: [Int]

    init(_ utterances: [Utterance]) {
        self.utterances = utterances
        text = PhraseScanner(utterances.map(\.text).joined(separator: "\n"), joinsDigits: true)
        (compact, places) = Self.compacted(text.characters)
    }

    /// Whether these words stand in it, whatever their case, width, blanks and punctuation; as whole words and whole numbers.
    func says(_ words: String, whole: Bool = true) -> Bool {
        says(PhraseScanner(words).characters, whole: whole)
    }

    func says(_ words: some Collection<Unicode.Scalar>, whole: Bool = true) -> Bool {
        let wanted = Self.compacted(Array(words)).letters
        guard let first = wanted.first, let last = wanted.last, wanted.count <= compact.count else { return false }
        for start in 0...(compact.count - wanted.count) where compact[start] == first {
            let end = start + wanted.count
            guard compact[start..<end].elementsEqual(wanted) else { continue }
            if !whole || !goesOn(places[start] - 1, -1, from: first) && !goesOn(places[end - 1] + 1, 1, from: last) {
                return true
            }
        }
        return false
    }

    /// Whether a word or a number goes on at a place, `step` beyond the letter that would be its border.
    private func goesOn(_ place: Int, _ step: Int, from border: Unicode.Scalar) -> Bool {
        let characters = text.characters
        guard characters.indices.contains(place) else { return false }
        let next = characters[place]
        if border.isLatin { return next.isLatin }
        if border.isDigit {
            // The 5 of 1.5 and of 1,500 is no number.
            return next.isDigit
                || (next == "." || next == ",") && characters.indices.contains(place + step)
                    && characters[place + step].isDigit
        }
        return ChineseNumber.characters.contains(border) && ChineseNumber.characters.contains(next)
    }

    /// The numbers in it.
    var numbers: [SpokenNumber] { NumberReader.numbers(in: text) }

    /// The words of time in it.
    func days(seenFrom today: CivilTime) -> [DayPhrase] { DayPhrase.all(in: text, seenFrom: today) }

    /// The letters of a text that are compared, and where they stand.
    static func compacted(_ characters: [Unicode.Scalar]) -> (letters: [Unicode.Scalar], places: [Int]) {
        var (letters, places) = ([Unicode.Scalar](), [Int]())
        letters.reserveCapacity(characters.count)
        places.reserveCapacity(characters.count)
        for (place, character) in characters.enumerated() {
            let isPoint =
                character == "." && place > 0 && place + 1 < characters.count && characters[place - 1].isDigit
                && characters[place + 1].isDigit
            guard character.isWordPart || isPoint || character == "%" else { continue }
            letters.append(character)
            places.append(place)
        }
        return (letters, places)
    }
}

extension Unicode.Scalar {
    /// A letter, a digit or a character of Chinese.
    var isWordPart: Bool {
        if value < 0x80 { return isLatin || isDigit }
        if isHan { return true }
        if (0x2000...0x206F).contains(value) || (0x3000...0x303F).contains(value) { return false }
        return properties.isAlphabetic || properties.numericType != nil
    }

    /// A character of Chinese: Unicode's CJK Unified Ideographs and their extension A.
    var isHan: Bool { (0x4E00...0x9FFF).contains(value) || (0x3400...0x4DBF).contains(value) || value == 0x3007 }
}

extension String {
    /// Its letters and digits, lower case and narrow: what makes two spellings one.
    var compacted: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: Evidence.compacted(PhraseScanner(self).characters).letters)
        return String(text)
    }
}
