import TimeZones

/// A date in a short line, as headers of transcripts write it.
struct CalendarDate {
    /// The day; nil where the words leave it open: without a year, or `3/4/2026`.
    let day: CivilTime?
    /// The line from the date on.
    let words: String
    /// What the line says beside date, time and length of a meeting, if that is a title.
    let title: String?

    /// The first date of a line: `2026年11月20日`, `2026-11-20`, `20261120`, `Nov 20th, 2026`, `20 November 2026`,
    /// `11/20/2026`, `11月20日`.
    static func first(in line: String) -> CalendarDate? {
        let tokens = Token.all(in: line)
        for index in tokens.indices {
            guard let (day, length) = date(tokens[index...]) else { continue }
            let valid = day.flatMap { $0.isValid && (1970...2199).contains($0.year) ? $0 : nil }
            return CalendarDate(
                day: valid,
                words: String(line[tokens[index].range.lowerBound...]),
                title: title(tokens, without: index..<(index + length), in: line)
            )
        }
        return nil
    }

    private struct Token {
        enum Kind: Equatable {
            case number(Int, digits: Int)
            /// In lower case, Latin only.
            case word(String)
            case mark(Character)
        }
        let kind: Kind
        let range: Range<String.Index>

        static func all(in line: String) -> [Token] {
            var tokens: [Token] = []
            var index = line.startIndex
            while index < line.endIndex {
                let start = index
                let first = line[index]
                func run(_ belongs: (Character) -> Bool) -> Substring {
                    let run = line[start...].prefix(while: belongs)
                    index = run.endIndex
                    return run
                }
                if first.isASCII, first.isNumber {
                    let digits = run { $0.isASCII && $0.isNumber }
                    tokens.append(Token(kind: .number(Int(digits) ?? 0, digits: digits.count), range: start..<index))
                } else if first.isASCII, first.isLetter {
                    let word = run { $0.isASCII && $0.isLetter }
                    tokens.append(Token(kind: .word(word.lowercased()), range: start..<index))
                } else {
                    index = line.index(after: index)
                    if !first.isWhitespace { tokens.append(Token(kind: .mark(first), range: start..<index)) }
                }
            }
            return tokens
        }

        /// Up to so many digits.
        func number(atMost digits: Int) -> Int? {
            if case .number(let value, let count) = kind, count <= digits { value } else { nil }
        }

        var year: Int? { if case .number(let value, 4) = kind { value } else { nil } }

        var month: Int? {
            guard case .word(let word) = kind, word.count >= 3 else { return nil }
            return CalendarDate.months.firstIndex { $0.hasPrefix(word) || word == "sept" && $0 == "september" }
                .map { $0 + 1 }
        }

        func isMark(_ marks: String) -> Bool {
            if case .mark(let mark) = kind { marks.contains(mark) } else { false }
        }

        func isWord(_ words: String...) -> Bool {
            if case .word(let word) = kind { words.contains(word) } else { false }
        }
    }

    /// A date in front of the tokens, and of how many it is.
    private static func date(_ tokens: ArraySlice<Token>) -> (CivilTime?, Int)? {
        let at = Array(tokens.prefix(7))
        guard let first = at.first else { return nil }
        if case .number(let value, 8) = first.kind, (1970...2199).contains(value / 10_000) {
            let day = CivilTime(year: value / 10_000, month: value / 100 % 100, day: value % 100)
            return day.isValid ? (day, 1) : nil
        }
        if at.count >= 5, let middle = at[2].number(atMost: 2), at[1].isMark("年/.-"), at[3].isMark("月/.-") {
            let isClosed = at.count > 5 && at[5].isMark("日号") ? 6 : 5
            if let year = first.year, let day = at[4].number(atMost: 2) {
                return (CivilTime(year: year, month: middle, day: day), isClosed)
            }
            if let one = first.number(atMost: 2), let year = at[4].year {
                return (unambiguous(one, middle, year), 5)
            }
        }
        if at.count >= 4, let month = first.number(atMost: 2), (1...12).contains(month), at[1].isMark("月"),
            at[2].number(atMost: 2) != nil, at[3].isMark("日号")
        {
            return (nil, 4)
        }
        return english(at)
    }

    /// `Nov 20th, 2026` or `20th of November 2026`.
    private static func english(_ at: [Token]) -> (CivilTime?, Int)? {
        var index = 0
        func skip(_ isSkipped: (Token) -> Bool) { while index < at.count, isSkipped(at[index]) { index += 1 } }
        var month = at[0].month
        var day = at[0].number(atMost: 2)
        guard month != nil || day != nil else { return nil }
        index = 1
        skip { $0.isMark(".") || $0.isWord("st", "nd", "rd", "th", "of") }
        guard index < at.count else { return nil }
        if month == nil { month = at[index].month } else { day = at[index].number(atMost: 2) }
        guard let month, let day else { return nil }
        index += 1
        skip { $0.isMark(",.") || $0.isWord("st", "nd", "rd", "th") }
        guard index < at.count, let year = at[index].year else { return nil }
        return (CivilTime(year: year, month: month, day: day), index + 1)
    }

    /// `20/11/2026` is one day only; `3/4/2026` may be two.
    private static func unambiguous(_ one: Int, _ two: Int, _ year: Int) -> CivilTime? {
        let days = [CivilTime(year: year, month: one, day: two), CivilTime(year: year, month: two, day: one)]
            .filter(\.isValid)
        return days.count == 1 || days.first == days.last ? days.first : nil
    }

    /// What is left of a line such as `产品周会（2026-11-20）`, if it names the meeting.
    private static func title(_ tokens: [Token], without date: Range<Int>, in line: String) -> String? {
        guard let start = tokens[date].first?.range.lowerBound, let end = tokens[date].last?.range.upperBound else {
            return nil
        }
        let front = line[..<start]
        let isAlone = line[end...].allSatisfy { !$0.isLetter }
        let name = front.drop { "-*>•·# ".contains($0) }
        let kept = name.reversed().drop { !$0.isLetter && !$0.isNumber }.reversed()
        return isAlone && kept.count(where: \.isLetter) >= 2 && !kept.contains(":") && !kept.contains("：")
            && HeaderLabel(String(kept)) == nil ? String(kept) : nil
    }

    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
}
