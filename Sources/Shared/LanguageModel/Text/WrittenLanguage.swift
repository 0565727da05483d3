/// The languages this product reads and writes.
package enum WrittenLanguage: String, Sendable, Equatable, CaseIterable, Codable {
    case chinese = "zh-CN"
    case english = "en"

    /// The language most of a text is in, or nil if it has no letters.
    ///
    /// A Chinese character counts like four Latin letters, as a word of either carries about the same: a Chinese sentence
    /// full of product names stays Chinese. Looks at the first 4,000 characters.
    package init?(of text: some StringProtocol) {
        var han = 0
        var latin = 0
        for scalar in text.unicodeScalars.prefix(4_000) {
            if scalar.isIdeograph { han += 1 } else if scalar.isWordLetter { latin += 1 }
        }
        guard han + latin > 0 else { return nil }
        self = han * 4 >= latin ? .chinese : .english
    }
}

extension Unicode.Scalar {
    /// Han, kana and Hangul: scripts written without spaces between words, or near enough for counting.
    package var isIdeograph: Bool {
        switch value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x3FFFF, 0xF900...0xFAFF, 0x3040...0x30FF, 0xAC00...0xD7AF,
            0x3005, 0x3007:
            true
        default: false
        }
    }

    /// A letter of a script that separates words.
    package var isWordLetter: Bool {
        switch value {
        case 0x41...0x5A, 0x61...0x7A: true
        case 0...0xBF: false
        default: properties.isAlphabetic && !isIdeograph
        }
    }

    package var isDigit: Bool { (0x30...0x39).contains(value) }

    package var isSpace: Bool { value == 0x20 || value == 0x09 || value == 0x3000 || value == 0xA0 }

    var isNewline: Bool { value == 0x0A || value == 0x0D || value == 0x2028 || value == 0x2029 }
}
