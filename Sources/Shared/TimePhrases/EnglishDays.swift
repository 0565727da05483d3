import TimeZones

/// Words for several days at once in English, and for days gone by: `next week`, `end of the month`, `within three days`,
/// `last Friday`. Single days to come are read by `EnglishTime`.
enum EnglishDays {
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]
    private static let shortMonths = [
        "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec",
    ]
    private static let weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    /// The first two letters of what begins one of these, or any words of time in English: a quick look at each word.
    static let beginnings = Set(
        """
        ja fe ma ap ju au se oc no de mo tu we th fr sa su to tm ye da ne la pr in on at by wi be af en eo co cl ea mi st qu \
        mn ev ni ho fi fo si ei tw te el q1 q2 q3 q4 ha an a
        """
        .split(separator: " ").map { word in
            let letters = Array(word.utf8)
            return UInt16(letters[0]) << 8 | UInt16(letters.count > 1 ? letters[1] : 0x20)
        }
    )

    /// The days that words mean which stand at the scanner's place; nil, and nothing read, where none do.
    static func read(_ scanner: inout PhraseScanner, seenFrom today: CivilTime) -> (span: DaySpan, anchor: DayAnchor)? {
        let start = scanner
        for rule in [before, part, deadline, length, spoken, period] {
            if let found = rule(&scanner, today) { return found }
            scanner = start
        }
        return nil
    }

    private typealias Found = (span: DaySpan, anchor: DayAnchor)

    private static func before(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        guard scanner.takeWord("before") else { return nil }
        scanner.skipSpaces()
        return period(&scanner, today).map { ($0.span.before, $0.anchor) }
    }

    /// `end of the month`, `early next week`, `mid November`.
    private static func part(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        let part: DaySpan.Part
        if let word = scanner.takeWord(["end", "beginning", "start", "middle"]) {
            scanner.skipSpaces()
            guard scanner.takeWord("of") else { return nil }
            part = word == "end" ? .end : word == "middle" ? .middle : .beginning
        } else if let word = scanner.takeWord(["early", "late", "mid"]) {
            _ = scanner.take("-")
            if word == "early" { scanner.skipSpaces(); _ = scanner.takeWord("in") }
            part = word == "late" ? .end : word == "mid" ? .middle : .beginning
        } else {
            return nil
        }
        scanner.skipSpaces()
        let isNamed = scanner.takeWord(["the", "this"]) != nil
        scanner.skipSpaces()
        if scanner.takeWord(["day", "business day", "today"]) != nil { return (.day(today), .relative) }
        let units: [(String, DaySpan)] = [
            ("week", .week(of: today, plus: 0)), ("month", .month(of: today, plus: 0)),
            ("quarter", .quarter(of: today, plus: 0)), ("year", .year(today.year)),
        ]
        if let unit = units.first(where: { scanner.takeWord($0.0) }) { return (unit.1.part(part), .relative) }
        guard !isNamed || part == .end, let found = period(&scanner, today) else { return nil }
        return (found.span.part(part), found.anchor)
    }

    private static func deadline(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        switch scanner.takeWord([
            "eod", "cob", "close of business", "eow", "eom", "month end", "month-end", "eoq", "quarter end", "eoy",
            "year end", "year-end",
        ]) {
        case nil: nil
        case "eod", "cob", "close of business": (.day(today), .relative)
        case "eow": (.week(of: today, plus: 0), .relative)
        case "eoq", "quarter end": (DaySpan.quarter(of: today, plus: 0).part(.end), .relative)
        case "eoy", "year end", "year-end": (DaySpan.year(today.year).part(.end), .relative)
        default: (DaySpan.month(of: today, plus: 0).part(.end), .relative)
        }
    }

    /// `within three days`, `in a couple of weeks`, `two weeks from now`, `three days ago`.
    private static func length(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        let isLed = scanner.takeWord(["within", "in", "after"]) != nil
        scanner.skipSpaces()
        if isLed, scanner.takeWord("the next") { scanner.skipSpaces() }
        guard let number = EnglishCount.read(&scanner), number < 1_000 else { return nil }
        scanner.skipSpaces()
        let isWork = scanner.takeWord(["business", "working", "work"]) != nil
        scanner.skipSpaces()
        guard
            let unit = scanner.takeWord([
                "days", "day", "weeks", "week", "months", "month", "quarters", "quarter", "years", "year", "hours",
                "hour",
            ])
        else { return nil }
        scanner.skipSpaces()
        let end = scanner.takeWord(["from now", "from today", "ago", "later"])
        guard isLed || end != nil else { return nil }
        let count = end == "ago" ? -number : number
        switch unit.first {
        case "d":
            return (isWork && count > 0 ? .workdays(count, from: today) : .day(today.adding(days: count)), .length)
        case "w": return (.day(today.adding(days: 7 * count)), .length)
        case "m": return (.day(today.adding(months: count)), .length)
        case "q": return (.day(today.adding(months: 3 * count)), .length)
        case "y": return (.day(today.adding(months: 12 * count)), .length)
        default: return (.day(today.adding(days: count / 24)), .length)
        }
    }

    /// Dates as they are spoken: `November twentieth`, `the twenty-fifth of November`, `the twentieth`.
    private static func spoken(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        if scanner.takeWord("the") { scanner.skipSpaces() }
        if let day = EnglishCount.ordinal(&scanner) {
            let before = scanner
            scanner.skipSpaces()
            if scanner.takeWord("of") { scanner.skipSpaces() }
            if let month = month(&scanner) { return date(month, day, today) }
            scanner = before
            // `the second` is anything.
            guard day >= 10 else { return nil }
            var parts = TimeParts()
            parts.day = .dayOfMonth(day, months: nil)
            return parts.day(from: today, hour: 24, minute: 0).map { (.day($0), .relative) }
        }
        guard let month = month(&scanner) else { return nil }
        scanner.skipSpaces()
        if scanner.takeWord("the") { scanner.skipSpaces() }
        guard let day = EnglishCount.ordinal(&scanner) ?? EnglishCount.read(&scanner, words: true) else { return nil }
        return date(month, day, today)
    }

    private static func date(_ month: Int, _ day: Int, _ today: CivilTime) -> Found? {
        let span = DaySpan.month(month, of: nil, near: today)
        return day <= span.days.count ? (DaySpan(day: span.days.lowerBound + day - 1), .yearless) : nil
    }

    /// `next week`, `last Friday`, `this quarter`, `Q4`, `November 2026`, `the week after next`.
    private static func period(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        if scanner.takeWord(["the week after next", "week after next"]) != nil {
            return (.week(of: today, plus: 2), .relative)
        }
        if scanner.takeWord(["the day before yesterday", "day before yesterday"]) != nil {
            return (.day(today.adding(days: -2)), .relative)
        }
        if scanner.take("q"), let number = scanner.digits(atMost: 1), (1...4).contains(number),
            scanner.next?.isLatin != true
        {
            return (.quarter(number, of: today.year), .yearless)
        }
        if let word = scanner.takeWord([
            "the next", "next", "the following", "this", "the coming", "last", "the previous", "previous", "the past",
        ]) {
            let isPast = word.hasPrefix("last") || word.hasSuffix("previous") || word.hasSuffix("past")
            let plus = isPast ? -1 : word.hasPrefix("this") || word.hasSuffix("coming") ? 0 : 1
            scanner.skipSpaces()
            if scanner.takeWord("weekend") { return (.weekend(of: today, plus: plus), .relative) }
            if scanner.takeWord("week") { return (.week(of: today, plus: plus), .relative) }
            if scanner.takeWord("month") { return (.month(of: today, plus: plus), .relative) }
            if scanner.takeWord("quarter") { return (.quarter(of: today, plus: plus), .relative) }
            if scanner.takeWord("year") { return (.year(today.year + plus), .relative) }
            if let month = month(&scanner) {
                return (
                    .month(month, of: today.year + (plus > 0 && month > today.month ? 0 : plus), near: today), .relative
                )
            }
            guard isPast, let name = scanner.takeWord(weekdays), let index = weekdays.firstIndex(of: name) else {
                return nil
            }
            let apart = (today.weekday - index - 1 + 6) % 7 + 1
            return (.day(today.adding(days: -apart)), .relative)
        }
        if scanner.takeWord(["weekend", "the weekend"]) != nil { return (.weekend(of: today, plus: 0), .relative) }
        if scanner.takeWord("the") { scanner.skipSpaces() }
        let start = scanner
        if let number = EnglishCount.ordinal(&scanner), (1...4).contains(number) {
            scanner.skipSpaces()
            if scanner.takeWord("quarter") { return (.quarter(number, of: today.year), .yearless) }
        }
        scanner = start
        guard let month = month(&scanner) else { return nil }
        let before = scanner
        _ = scanner.take(",")
        scanner.skipSpaces()
        if let year = scanner.digits(atMost: 4), year >= 1_900 { return (.month(month, of: year, near: today), .dated) }
        scanner = before
        // `Nov 20` is a day.
        scanner.skipSpaces()
        if scanner.next?.isDigit == true { return nil }
        scanner = before
        return (.month(month, of: nil, near: today), .yearless)
    }

    /// A month's name; `may` and `march` are words unless written as names.
    private static func month(_ scanner: inout PhraseScanner) -> Int? {
        let start = scanner.place
        guard let name = scanner.takeWord(months) ?? scanner.takeWord(shortMonths) else { return nil }
        _ = scanner.take(".")
        let isName = scanner.original[start] != scanner.characters[start]
        guard isName || !["may", "march", "mar", "jan", "dec"].contains(name) else {
            scanner.place = start
            return nil
        }
        return months.firstIndex { $0.hasPrefix(name.prefix(3)) }.map { $0 + 1 }
    }
}

/// Small numbers in English, as lengths and days of a month are said.
enum EnglishCount {
    private static let units = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let ordinals = [
        "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth",
    ]
    private static let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

    /// `3`, `a`, `three`, `a couple of`, `twenty-five`; with `words`, no digits and no article.
    static func read(_ scanner: inout PhraseScanner, words: Bool = false) -> Int? {
        if !words {
            if let digits = scanner.digits(atMost: 3) { return digits }
            if scanner.takeWord(["a couple of", "couple of", "a couple"]) != nil { return 2 }
            if scanner.takeWord(["an", "a"]) != nil { return 1 }
        }
        if let word = scanner.takeWord(units) { return units.firstIndex(of: word) }
        guard let word = scanner.takeWord(tens), let ten = tens.firstIndex(of: word) else { return nil }
        let before = scanner
        if !scanner.take("-") { scanner.skipSpaces() }
        if let word = scanner.takeWord(Array(units[1...9])), let unit = units.firstIndex(of: word) {
            return ten * 10 + 20 + unit
        }
        scanner = before
        return ten * 10 + 20
    }

    /// `first` to `thirty-first`.
    static func ordinal(_ scanner: inout PhraseScanner) -> Int? {
        if let word = scanner.takeWord(Array(ordinals[1...])) { return ordinals.firstIndex(of: word) }
        if scanner.takeWord("twentieth") { return 20 }
        if scanner.takeWord("thirtieth") { return 30 }
        let start = scanner
        if let word = scanner.takeWord(["twenty", "thirty"]) {
            if !scanner.take("-") { scanner.skipSpaces() }
            if let unit = scanner.takeWord(Array(ordinals[1...9])), let index = ordinals.firstIndex(of: unit) {
                return (word == "twenty" ? 20 : 30) + index
            }
        }
        scanner = start
        return nil
    }
}
