import TimePhrases

/// Numbers in English words.
enum EnglishNumber {
    private static let units: [String: Double] = [
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    ]
    private static let teens: [String: Double] = [
        "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
        "seventeen": 17,
        "eighteen": 18, "nineteen": 19,
    ]
    private static let tens: [String: Double] = [
        "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
        "ninety": 90,
    ]
    private static let powers: [String: Double] = [
        "dozen": 12, "hundred": 1e2, "thousand": 1e3, "grand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    ]
    private static let parts: [String: Double] = [
        "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourths": 4, "fifths": 5,
        "tenths": 10,
    ]
    private static let ordinals: [String: Double] = [
        "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
        "tenth": 10, "eleventh": 11, "twelfth": 12, "fifteenth": 15, "twentieth": 20, "thirtieth": 30,
    ]
    /// Said of a number without being one.
    private static let hints: [String: Double] = [
        "both": 2, "pair": 2, "couple": 2, "twice": 2, "double": 2, "doubled": 2, "triple": 3, "once": 1, "single": 1,
    ]
    private static let beginnings: Set<Unicode.Scalar> = Set("abcdefghmnopqstz".unicodeScalars)

    private struct Word {
        let text: String
        let end: Int
    }

    /// What multiplies the digits that end at a place: `8 thousand`.
    static func power(_ text: NumberReader, after end: Int) -> (Double, end: Int)? {
        guard let word = word(text, after: end), let power = powers[word.text] else { return nil }
        return (power, word.end)
    }

    /// The number that begins with the word at the reader's place; nil where none does.
    static func read(_ text: NumberReader) -> SpokenNumber? {
        let start = text.place
        guard beginnings.contains(text.characters[start]), let first = word(text, after: start) else { return nil }
        func hint(_ value: Double) -> SpokenNumber {
            SpokenNumber(range: start..<first.end, values: [value], form: .english, isClaim: false)
        }
        if first.text == "half" || first.text == "quarter" { return part(text, first, from: start) }
        if let value = ordinals[first.text] {
            var number = hint(value)
            number.isOrdinal = true
            return number
        }
        if let value = hints[first.text] { return hint(value) }
        if first.text == "a" || first.text == "an" {
            guard let next = word(text, after: first.end) else { return nil }
            if parts[next.text] != nil { return part(text, next, from: start) }
            if powers[next.text] != nil { return cardinal(text, next, from: start) }
            return NumberUnit.isLength(next.text) ? hint(1) : nil
        }
        return isNumber(first.text) ? cardinal(text, first, from: start) : nil
    }

    private static func isNumber(_ word: String) -> Bool {
        units[word] != nil || teens[word] != nil || tens[word] != nil || powers[word] != nil
    }

    private static func word(_ text: NumberReader, after place: Int) -> Word? {
        var start = place
        while let blank = text[start], blank.isSpace || blank == "-", start - place < 2 { start += 1 }
        var end = start
        while let next = text[end], next.isLatin, end - start < 11 { end += 1 }
        guard end > start, end - start <= 10 else { return nil }
        var word = String.UnicodeScalarView()
        word.append(contentsOf: text.characters[start..<end])
        return Word(text: String(word), end: end)
    }

    /// `half a million`, `half an hour`, `half`, `a third`.
    private static func part(_ text: NumberReader, _ word: Word, from start: Int) -> SpokenNumber {
        var number = SpokenNumber(range: start..<word.end, values: [1 / (parts[word.text] ?? 2)], form: .english)
        // `quarter` is three months more often than a part, `third` the one after the second.
        number.isClaim = word.text == "half"
        var end = word.end
        if let next = self.word(text, after: end), ["a", "an", "of"].contains(next.text) {
            end = next.end
            // `half an hour`
            if let unit = self.word(text, after: end), NumberUnit.isLength(unit.text) { number.range = start..<end }
        }
        if let next = self.word(text, after: end), let power = powers[next.text] {
            number.values = number.values.map { $0 * power }
            number.range = start..<next.end
            number.isClaim = true
        }
        return number
    }

    private static func cardinal(_ text: NumberReader, _ first: Word, from start: Int) -> SpokenNumber {
        var words = [first]
        while words.count < 14, let last = words.last, let next = word(text, after: last.end),
            isNumber(next.text) || parts[next.text] != nil || ["and", "a", "point"].contains(next.text)
        {
            words.append(next)
        }
        let (values, count) = values(words.map(\.text))
        return SpokenNumber(
            range: start..<words[count - 1].end,
            values: values,
            form: .english,
            // `this one`, `zero` and `hundred percent sure` are words.
            isClaim: values[0] > 1
        )
    }

    /// What the first words mean, and how many they are: at least one, which is a number.
    private static func values(_ words: [String]) -> ([Double], count: Int) {
        var (total, section, index) = (0.0, 0.0, 0)
        /// What may follow: units after tens, all after a power.
        var least = Double.infinity
        func word(_ index: Int) -> String { index < words.count ? words[index] : "" }
        if let century = teens[words[0]] ?? (words[0] == "twenty" ? 20 : nil),
            let years = teens[word(1)] ?? tens[word(1)]
        {
            // `nineteen ninety six`, `twenty twenty`
            let unit = tens[word(1)] == nil ? nil : units[word(2)]
            return ([century * 100 + years + (unit ?? 0), century, years + (unit ?? 0)], unit == nil ? 2 : 3)
        }
        loop: while index < words.count {
            let next = words[index]
            if let value = units[next], least > 9 {
                (section, least) = (section + value, 9)
            } else if let value = teens[next] ?? tens[next], least > 99 {
                (section, least) = (section + value, teens[next] == nil ? 10 : 9)
            } else if let power = powers[next] {
                section = max(1, section) * power
                if power > 100 { (total, section) = (total + section, 0) }
                least = .infinity
            } else if next == "and", least == .infinity, index > 0, isNumber(word(index + 1)),
                powers[word(index + 1)] == nil
            {
                // `two hundred and five`
            } else if next == "and", word(index + 1) == "a", let below = parts[word(index + 2)] {
                // `two and a half million`
                let power = powers[word(index + 3)]
                return ([total + (section + 1 / below) * (power ?? 1)], index + (power == nil ? 3 : 4))
            } else if next == "point", units[word(index + 1)] != nil {
                var power = 1.0
                index += 1
                while let digit = units[word(index)] {
                    power /= 10
                    section += digit * power
                    index += 1
                }
                let factor = powers[word(index)]
                return ([total + section * (factor ?? 1)], index + (factor == nil ? 0 : 1))
            } else if let below = parts[next], index == 1, next.hasSuffix("s") || next == "third" || next == "quarter" {
                return ([section / below], 2)
            } else {
                break loop
            }
            index += 1
        }
        return ([total + section], max(1, index))
    }
}
