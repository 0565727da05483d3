/// Reads a phrase piece by piece: lower case, full-width forms as their narrow ones. A value: a copy is a place to go back to.
struct PhraseScanner {
    /// As written, one for each of `characters`.
    let original: [Character]
    let characters: [Character]
    var place = 0

    init(_ text: String) {
        original = Array(text)
        characters = original.map { character in
            guard let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1 else {
                return character
            }
            // Full-width forms of ASCII, Unicode block FF00.
            if (0xFF01...0xFF5E).contains(scalar.value), let narrow = Unicode.Scalar(scalar.value - 0xFEE0) {
                return Character(narrow).lowercased().first ?? character
            }
            return character.lowercased().first ?? character
        }
    }

    var isAtEnd: Bool { place >= characters.count }
    var next: Character? { isAtEnd ? nil : characters[place] }

    /// The text of a range, as written.
    func text(_ range: Range<Int>) -> String { String(original[range]) }

    /// Whether this text stands here.
    func sees(_ text: String) -> Bool {
        let end = place + text.count
        return end <= characters.count && characters[place..<end].elementsEqual(text)
    }

    /// Goes on behind the first of these that stands here, and returns it.
    mutating func take(_ texts: [String]) -> String? {
        guard let text = texts.first(where: sees) else { return nil }
        place += text.count
        return text
    }

    mutating func take(_ text: String) -> Bool { take([text]) != nil }

    /// As `take`, but only a whole English word.
    mutating func takeWord(_ words: [String]) -> String? {
        guard place == 0 || !characters[place - 1].isLatin else { return nil }
        for word in words where sees(word) {
            let end = place + word.count
            guard end == characters.count || !(characters[end].isLatin || characters[end].isWholeNumber) else {
                continue
            }
            place = end
            return word
        }
        return nil
    }

    mutating func takeWord(_ word: String) -> Bool { takeWord([word]) != nil }

    mutating func skipSpaces() {
        while let next, next.isWhitespace { place += 1 }
    }

    /// Digits, at most `digits` of them; nil where there are none or more.
    mutating func digits(atMost digits: Int = 4) -> Int? {
        var end = place
        while end < characters.count, characters[end].isASCII, characters[end].isWholeNumber { end += 1 }
        guard end > place, end - place <= digits, let number = Int(String(characters[place..<end])) else { return nil }
        place = end
        return number
    }

    /// Digits, or a Chinese numeral up to 999.
    mutating func number() -> Int? { digits() ?? chineseNumber() }

    private mutating func chineseNumber() -> Int? {
        var total = 0
        var digit: Int?
        var end = place
        loop: while end < characters.count {
            switch characters[end] {
            case "零", "〇": digit = 0
            case "两": digit = 2
            case "百":
                total += (digit ?? 1) * 100
                digit = nil
            case "十":
                total += (digit ?? 1) * 10
                digit = nil
            default:
                guard let place = Self.numerals.firstIndex(of: characters[end]) else { break loop }
                digit = place + 1
            }
            end += 1
        }
        guard end > place, end - place <= 6 else { return nil }
        place = end
        return total + (digit ?? 0)
    }

    private static let numerals: [Character] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"]
}

extension Character {
    var isLatin: Bool { isASCII && isLetter }
}
