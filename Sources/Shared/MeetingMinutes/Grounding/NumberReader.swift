import TimePhrases

/// Reads the numbers of a text, in digits, in Chinese and in English words, whatever its language.
struct NumberReader {
    let characters: [Unicode.Scalar]
    var place = 0
    private(set) var numbers: [SpokenNumber] = []

    /// The numbers of a text, in order.
    static func numbers(in text: PhraseScanner) -> [SpokenNumber] {
        var reader = NumberReader(characters: text.characters)
        reader.read()
        return reader.numbers
    }

    private init(characters: [Unicode.Scalar]) { self.characters = characters }

    subscript(index: Int) -> Unicode.Scalar? { characters.indices.contains(index) ? characters[index] : nil }

    private mutating func read() {
        while place < characters.count {
            let start = place
            let character = characters[place]
            if character.isDigit {
                readDigits()
            } else if ChineseNumber.characters.contains(character) || character == "半" || character == "几" {
                readChinese()
            } else if character.isLatin {
                if let number = EnglishNumber.read(self) {
                    place = number.range.upperBound
                    finish(number)
                } else {
                    while let next = self[place], next.isLatin { place += 1 }
                    // `A5`, `V2`, `GPT-4` and `COVID-19` are names.
                    let end = place
                    if self[place] == "-" || self[place] == "_" { place += 1 }
                    if self[place]?.isDigit == true { skipName() } else { place = end }
                }
            }
            if place == start { place += 1 }
        }
    }

    /// Goes on behind letters and digits that are one name.
    private mutating func skipName() {
        let start = place
        while let next = self[place], next.isDigit || next.isLatin { place += 1 }
        var digits: [Unicode.Scalar] = characters[start..<place].prefix { $0.isDigit }
        if digits.count > 15 { digits = [] }
        guard let value = Double(text(digits)) else { return }
        // It grounds a number, but is none.
        numbers.append(
            SpokenNumber(range: start..<(start + digits.count), values: [value], form: .digits, isClaim: false)
        )
    }

    // MARK: Digits

    private mutating func readDigits() {
        let start = place
        var (digits, dots) = ([Unicode.Scalar](), 0)
        while let next = self[place] {
            if next.isDigit {
                digits.append(next)
            } else if next == ".", self[place + 1]?.isDigit == true {
                digits.append(next)
                dots += 1
            } else if !(next == "," && isThousand(after: place)) {
                break
            }
            place += 1
        }
        guard dots < 2, digits.count <= 18, let value = Double(text(digits)) else {
            // A version, a date or an account: what it is, `verbatim` tells.
            numbers.append(SpokenNumber(range: start..<place, values: [], form: .digits))
            return
        }
        var number = SpokenNumber(range: start..<place, values: [value], form: .digits)
        if self[place] == "/", self[place + 1]?.isDigit == true, let below = denominator() {
            number.values = [value / below]
            number.range = start..<place
            finish(number)
            return
        }
        if let suffix = self[place], suffix.isLatin {
            if isLatinEnd(place + 1),
                let factor = ["k": [1e3], "w": [1e4], "m": [1e6, 1], "b": [1e9], "g": [1]][suffix]
            {
                number.values = factor.map { value * $0 }
                place += 1
            } else if takeLatin("bn") || takeLatin("mn") || takeLatin("mio") {
                number.values = [value * (self[place - 2] == "b" ? 1e9 : 1e6)]
            } else if takeLatin("st") || takeLatin("nd") || takeLatin("rd") || takeLatin("th") {
                number.isOrdinal = true
            }
        } else {
            multiply(&number, value)
        }
        if let before = self[start - 1], before == "第" { number.isOrdinal = true }
        number.range = start..<place
        finish(number)
    }

    /// `3千万`, `2万5千`, `8 thousand`.
    private mutating func multiply(_ number: inout SpokenNumber, _ value: Double) {
        var value = value
        var factor = 1.0
        if self[place] == " ", let next = self[place + 1], ChineseNumber.powers[next] != nil { place += 1 }
        while let next = self[place], let power = ChineseNumber.powers[next] {
            factor *= power
            place += 1
        }
        value *= factor
        // `2万5千`, `3千5`
        if factor > 1, let digit = self[place], digit.isDigit, self[place + 1]?.isDigit != true, self[place + 1] != "."
        {
            let power = self[place + 1].flatMap { ChineseNumber.powers[$0] }
            if power.map({ $0 < factor }) ?? true {
                value += Double(digit.value - 0x30) * (power ?? factor / 10)
                place += power == nil ? 1 : 2
            }
        }
        if factor == 1, let (power, end) = EnglishNumber.power(self, after: place) {
            value *= power
            place = end
        }
        number.values = [value]
    }

    private func isThousand(after comma: Int) -> Bool {
        (1...3).allSatisfy { self[comma + $0]?.isDigit == true } && self[comma + 4]?.isDigit != true
    }

    /// Of `1/3`; nil, and nothing read, where it is a date with a year or no fraction.
    private mutating func denominator() -> Double? {
        var end = place + 1
        while self[end]?.isDigit == true { end += 1 }
        guard end - place <= 4, self[end] != "/", let below = Double(text(characters[(place + 1)..<end])), below > 1
        else {
            return nil
        }
        place = end
        return below
    }

    private func isLatinEnd(_ index: Int) -> Bool { self[index].map { !$0.isLatin && !$0.isDigit } ?? true }

    private mutating func takeLatin(_ word: String) -> Bool {
        let end = place + word.unicodeScalars.count
        guard end <= characters.count, characters[place..<end].elementsEqual(word.unicodeScalars), isLatinEnd(end)
        else {
            return false
        }
        place = end
        return true
    }

    private func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }

    // MARK: Chinese

    private mutating func readChinese() {
        guard let (number, end) = ChineseNumber.read(self, at: place) else { return }
        place = end
        finish(number)
    }

    /// Adds the unit that follows, or stands before, and gives it to the first of a range, as in `3-5万` or `10–20%`.
    private mutating func finish(_ found: SpokenNumber) {
        var number = found
        NumberUnit.read(self, into: &number)
        if let last = numbers.last, last.unit == nil, isRange(last.range.upperBound..<number.range.lowerBound) {
            numbers[numbers.count - 1].unit = number.unit
            numbers[numbers.count - 1].scale = number.scale
            if let value = number.values.first, let before = last.values.first, value >= 1_000, before < 1_000 {
                let power = [1e8, 1e4, 1e3].first { value.truncatingRemainder(dividingBy: $0) == 0 } ?? 1
                numbers[numbers.count - 1].values.append(before * power)
            }
        }
        numbers.append(number)
    }

    private func isRange(_ gap: Range<Int>) -> Bool {
        guard (1...4).contains(gap.count) else { return false }
        let between = text(characters[gap].filter { !$0.isSpace })
        return ["-", "–", "—", "~", "到", "至", "to", "or", "或"].contains(between)
    }
}
