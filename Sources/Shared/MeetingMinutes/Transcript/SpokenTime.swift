/// A time as transcripts write it: `12:03`, `[1:02:03]`, `00:12:03.450` or `3:05 PM`.
struct SpokenTime: Equatable {
    /// Whole seconds.
    let seconds: Int
    /// Whether a fraction of a second was cut off.
    let isCut: Bool
    /// Whether it has two fields, so that it is minutes and seconds, or hours and minutes of a clock.
    let isShort: Bool

    var roundedUp: Int { isCut ? seconds + 1 : seconds }

    /// Seconds of the day, where a date or a half of the day beside it shows that a clock is meant.
    func onClock(isAfternoon: Bool) -> Int {
        let time = isShort ? seconds * 60 : seconds
        return isAfternoon && time < 43_200 ? time + 43_200 : time
    }

    /// Takes one from the front, with what closes it and blanks after; nil, and nothing taken, if there is none.
    static func take(from range: inout Range<Int>, in source: SourceText) -> SpokenTime? {
        var rest = range
        if let length = Marks.openings.length(at: rest, in: source) { rest.drop(length) }
        var fields: [Int] = []
        while fields.count < 3 {
            guard let field = number(in: rest, of: source), fields.isEmpty || field.length == 2 else { return nil }
            fields.append(field.value)
            rest.drop(field.length)
            guard let colon = Marks.colons.length(at: rest, in: source), colon < rest.count,
                source.isDigit(at: rest.lowerBound + colon)
            else { break }
            rest.drop(colon)
        }
        guard fields.count >= 2, fields.dropFirst().allSatisfy({ $0 < 60 }) else { return nil }
        let isCut = takeFraction(from: &rest, in: source)
        if fields[0] <= 12, let isAfternoon = takeHalf(from: &rest, in: source) {
            fields[0] = fields[0] % 12 + (isAfternoon ? 12 : 0)
            if fields.count == 2 { fields.append(0) }
        }
        if let length = Marks.closings.length(at: rest, in: source) { rest.drop(length) }
        guard rest.isEmpty || !continuesWord(at: rest.lowerBound, in: source) else { return nil }
        source.dropBlanks(&rest)
        range = rest
        return SpokenTime(seconds: fields.reduce(0) { $0 * 60 + $1 }, isCut: isCut, isShort: fields.count == 2)
    }

    /// Up to three digits.
    private static func number(in range: Range<Int>, of source: SourceText) -> (value: Int, length: Int)? {
        var value = 0
        var length = 0
        while length < min(3, range.count), source.isDigit(at: range.lowerBound + length) {
            value = value * 10 + Int(source.bytes[range.lowerBound + length] - 0x30)
            length += 1
        }
        return length == 0 ? nil : (value, length)
    }

    /// `.450` or `,450`; whether it is more than nothing.
    private static func takeFraction(from range: inout Range<Int>, in source: SourceText) -> Bool {
        guard range.count >= 2, [0x2E, 0x2C].contains(source.bytes[range.lowerBound]),
            source.isDigit(at: range.lowerBound + 1)
        else { return false }
        range.drop(1)
        var isCut = false
        while let first = range.first, source.isDigit(at: first) {
            if source.bytes[first] != 0x30 { isCut = true }
            range.drop(1)
        }
        return isCut
    }

    /// `AM` or `PM`, in whatever case, as a word of its own.
    private static func takeHalf(from range: inout Range<Int>, in source: SourceText) -> Bool? {
        var rest = range
        source.dropBlanks(&rest)
        guard rest.count >= 2, source.bytes[rest.lowerBound + 1] | 0x20 == 0x6D else { return nil }
        let first = source.bytes[rest.lowerBound] | 0x20
        guard first == 0x61 || first == 0x70 else { return nil }
        rest.drop(2)
        guard rest.isEmpty || !continuesWord(at: rest.lowerBound, in: source) else { return nil }
        range = rest
        return first == 0x70
    }

    /// Whether a letter or digit of a script with spaces is there, so that what is before it was no time.
    private static func continuesWord(at index: Int, in source: SourceText) -> Bool {
        switch source.bytes[index] {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        // Latin with accents, Greek and Cyrillic; U+00A0 to U+00BF are marks.
        case 0xC3...0xDF: true
        default: false
        }
    }
}

extension Range<Int> {
    /// Without so much at the front.
    mutating func drop(_ count: Int) { self = (lowerBound + count)..<upperBound }
}
