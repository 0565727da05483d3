/// Reads a phrase piece by piece: lower case, full-width forms as their narrow ones. A value: a copy is a place to go back to.
package struct PhraseScanner: Sendable {
    /// As written, one for each of `characters`.
    package let original: [Unicode.Scalar]
    /// What is compared.
    package let characters: [Unicode.Scalar]
    package var place = 0

    /// - Parameters:
    ///   - text: What is read.
    ///   - joinsDigits: Whether a blank between a digit and Chinese is left out, as in `12 月 3 日`: many set one there.
    package init(_ text: String, joinsDigits: Bool = false) {
        let scalars = Array(text.unicodeScalars)
        original = joinsDigits ? Self.joined(scalars) : scalars
        characters = original.map(\.folded)
    }

    private static func joined(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(scalars.count)
        for (place, scalar) in scalars.enumerated() {
            if scalar == " ", place > 0, place + 1 < scalars.count {
                let (before, after) = (scalars[place - 1].folded, scalars[place + 1].folded)
                if before.isDigit && after.value >= 0x3400 || before.value >= 0x3400 && after.isDigit { continue }
            }
            result.append(scalar)
        }
        return result
    }

    package var isAtEnd: Bool { place >= characters.count }
    package var next: Unicode.Scalar? { isAtEnd ? nil : characters[place] }

    /// The text of a range, as written.
    package func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: original[range])
        return String(text)
    }

    /// Whether this text stands here.
    package func sees(_ text: String) -> Bool {
        var index = place
        for scalar in text.unicodeScalars {
            guard index < characters.count, characters[index] == scalar else { return false }
            index += 1
        }
        return true
    }

    /// Goes on behind the first of these that stands here, and returns it.
    package mutating func take(_ texts: [String]) -> String? {
        guard let text = texts.first(where: sees) else { return nil }
        place += text.unicodeScalars.count
        return text
    }

    package mutating func take(_ text: String) -> Bool {
        guard sees(text) else { return false }
        place += text.unicodeScalars.count
        return true
    }

    /// As `take`, but only a whole English word.
    package mutating func takeWord(_ words: [String]) -> String? {
        guard place == 0 || !characters[place - 1].isLatin else { return nil }
        for word in words where sees(word) {
            let end = place + word.unicodeScalars.count
            guard end == characters.count || !(characters[end].isLatin || characters[end].isDigit) else { continue }
            place = end
            return word
        }
        return nil
    }

    package mutating func takeWord(_ word: String) -> Bool { takeWord([word]) != nil }

    package mutating func skipSpaces() {
        while let next, next.isSpace { place += 1 }
    }

    /// Digits, at most `digits` of them; nil where there are none or more.
    package mutating func digits(atMost digits: Int = 4) -> Int? {
        var end = place
        var number = 0
        while end < characters.count, characters[end].isDigit {
            // More digits than any number here has are counted, not added.
            if end - place < 18 { number = number * 10 + Int(characters[end].value - 0x30) }
            end += 1
        }
        guard end > place, end - place <= min(digits, 18) else { return nil }
        place = end
        return number
    }

    /// Goes on behind all digits that stand here; false where none does.
    package mutating func skipDigits() -> Bool {
        let start = place
        while let next, next.isDigit { place += 1 }
        return place > start
    }

    /// Digits, or a Chinese numeral up to 999.
    package mutating func number() -> Int? { digits() ?? chineseNumber() }

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

    private static let numerals: [Unicode.Scalar] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"]
}

extension Unicode.Scalar {
    /// A letter of English.
    package var isLatin: Bool { (0x61...0x7A).contains(value) || (0x41...0x5A).contains(value) }
    /// `0` to `9`.
    package var isDigit: Bool { (0x30...0x39).contains(value) }
    package var isSpace: Bool {
        value == 0x20 || (0x09...0x0D).contains(value) || value > 0x7F && properties.isWhitespace
    }

    /// Lower case, and a full-width form of ASCII (Unicode block FF00) as its narrow one.
    package var folded: Unicode.Scalar {
        if value < 0x80 { return (0x41...0x5A).contains(value) ? Self(UInt8(value) + 0x20) : self }
        if (0xFF01...0xFF5E).contains(value) { return Self(UInt8(value - 0xFEE0)).folded }
        guard value < 0x2E80 else { return self }
        let lower = properties.lowercaseMapping.unicodeScalars
        return lower.count == 1 ? lower.first ?? self : self
    }
}
