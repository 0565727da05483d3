/// Words of time in English.
package enum EnglishTime {
    private static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri",
        "sat", "sun", "tues", "thurs",
    ]
    private static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let numbers = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen",
        "twenty", "thirty", "forty-five", "ninety",
    ]
    private static let numberValues = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 45, 90]

    /// Reads one group of words; false, and nothing read, where none stands here.
    package static func read(_ scanner: inout PhraseScanner, into parts: inout TimeParts) -> Bool {
        attempt(&scanner, &parts, repeats) || attempt(&scanner, &parts, delay) || attempt(&scanner, &parts, date)
            || attempt(&scanner, &parts, day) || attempt(&scanner, &parts, period) || attempt(&scanner, &parts, clock)
    }

    private typealias Rule = (inout PhraseScanner, inout TimeParts) -> Bool

    private static func attempt(_ scanner: inout PhraseScanner, _ parts: inout TimeParts, _ rule: Rule) -> Bool {
        let (before, partsBefore) = (scanner, parts)
        if rule(&scanner, &parts) { return true }
        (scanner, parts) = (before, partsBefore)
        return false
    }

    private static func weekday(_ scanner: inout PhraseScanner, plural: Bool = false) -> Int? {
        let names = plural ? weekdays.prefix(7).map { $0 + "s" } + weekdays : weekdays
        guard let name = scanner.takeWord(names) else { return nil }
        if name.hasPrefix("tue") { return 2 }
        if name.hasPrefix("thu") { return 4 }
        return weekdays.prefix(7).firstIndex { $0.prefix(3) == name.prefix(3) }.map { $0 + 1 }
    }

    private static func month(_ scanner: inout PhraseScanner) -> Int? {
        guard let name = scanner.takeWord(months) else { return nil }
        _ = scanner.take(".")
        return months.prefix(12).firstIndex { $0.prefix(3) == name.prefix(3) }.map { $0 + 1 }
    }

    private static func number(_ scanner: inout PhraseScanner) -> Int? {
        if let digits = scanner.digits() { return digits }
        return scanner.takeWord(numbers).flatMap { name in numbers.firstIndex(of: name).map { numberValues[$0] } }
    }

    /// `3`, `3rd`, `21st`.
    private static func ordinal(_ scanner: inout PhraseScanner) -> Int? {
        guard let day = scanner.digits(atMost: 2), (1...31).contains(day) else { return nil }
        _ = scanner.take(["st", "nd", "rd", "th"])
        guard scanner.next?.isLatin != true, scanner.next != ":" else { return nil }
        return day
    }

    // MARK: Again and again

    private static func repeats(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.repeats == nil else { return false }
        if let word = scanner.takeWord(["daily", "hourly", "weekly", "monthly"]) {
            switch word {
            case "daily": parts.repeats = .daily
            case "hourly": parts.repeats = .interval(minutes: 60)
            default:
                scanner.skipSpaces()
                guard scanner.takeWord("on") else { return false }
                scanner.skipSpaces()
                if word == "weekly" {
                    guard let days = weekdayList(&scanner) else { return false }
                    parts.repeats = .weekly(days)
                } else {
                    if scanner.takeWord("the") { scanner.skipSpaces() }
                    guard let day = ordinal(&scanner) else { return false }
                    parts.repeats = .monthly(day)
                }
            }
            return true
        }
        guard scanner.takeWord(["every", "each"]) != nil else { return false }
        scanner.skipSpaces()
        if scanner.takeWord(["weekday", "workday", "working day", "business day"]) != nil {
            parts.repeats = .weekly(TimeParts.workdays)
        } else if scanner.takeWord("weekend") {
            parts.repeats = .weekly([6, 7])
        } else if scanner.takeWord(["day", "morning", "evening", "afternoon", "night"]) != nil {
            parts.repeats = .daily
            let word = scanner.text(0..<scanner.place).lowercased()
            if word.hasSuffix("morning") { parts.period = .morning }
            if word.hasSuffix("afternoon") { parts.period = .afternoon }
            if word.hasSuffix("evening") || word.hasSuffix("night") { parts.period = .evening }
        } else if scanner.takeWord("hour") {
            parts.repeats = .interval(minutes: 60)
        } else if scanner.takeWord(["half hour", "half an hour"]) != nil {
            parts.repeats = .interval(minutes: 30)
        } else if let days = weekdayList(&scanner) {
            parts.repeats = .weekly(days)
        } else if scanner.takeWord("month") {
            scanner.skipSpaces()
            guard scanner.takeWord("on") else { return false }
            scanner.skipSpaces()
            if scanner.takeWord("the") { scanner.skipSpaces() }
            guard let day = ordinal(&scanner) else { return false }
            parts.repeats = .monthly(day)
        } else if scanner.takeWord("year") {
            scanner.skipSpaces()
            guard scanner.takeWord("on") else { return false }
            scanner.skipSpaces()
            guard let (month, day) = monthAndDay(&scanner) else { return false }
            parts.repeats = .yearly(month: month, day: day)
        } else {
            guard let number = number(&scanner), number > 0 else { return false }
            scanner.skipSpaces()
            guard let unit = scanner.takeWord(["minutes", "mins", "min", "hours", "hrs", "days"]) else { return false }
            parts.repeats = .interval(minutes: number * (unit.hasPrefix("m") ? 1 : unit.hasPrefix("h") ? 60 : 1_440))
        }
        return true
    }

    /// `monday`, `mon, wed and fri`, `mondays`.
    private static func weekdayList(_ scanner: inout PhraseScanner) -> [Int]? {
        guard let first = weekday(&scanner, plural: true) else { return nil }
        var days = [first]
        while true {
            let before = scanner
            scanner.skipSpaces()
            let hasComma = scanner.take([",", "、"]) != nil
            scanner.skipSpaces()
            let hasAnd = scanner.takeWord(["and", "&"]) != nil
            scanner.skipSpaces()
            guard hasComma || hasAnd, let day = weekday(&scanner, plural: true) else {
                scanner = before
                return Array(Set(days)).sorted()
            }
            days.append(day)
        }
    }

    // MARK: From now

    private static func delay(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.delay == nil, parts.day == nil, parts.hour == nil, scanner.takeWord(["in", "after"]) != nil else {
            return false
        }
        var seconds = 0
        var found = false
        while true {
            let before = scanner
            scanner.skipSpaces()
            if found, scanner.takeWord("and") { scanner.skipSpaces() }
            guard let amount = amount(&scanner) else {
                scanner = before
                break
            }
            seconds += amount
            found = true
        }
        parts.delay = seconds
        return found
    }

    private static func amount(_ scanner: inout PhraseScanner) -> Int? {
        var halves: Int
        if scanner.takeWord("half") {
            scanner.skipSpaces()
            _ = scanner.takeWord(["an", "a"])
            halves = 1
        } else if scanner.takeWord(["an", "a"]) != nil {
            halves = 2
        } else if let number = number(&scanner) {
            halves = 2 * number
        } else {
            return nil
        }
        scanner.skipSpaces()
        if halves == 2, scanner.takeWord("half") {
            scanner.skipSpaces()
            halves = 1
        }
        let units: [(names: [String], seconds: Int)] = [
            (["seconds", "second", "secs", "sec", "s"], 1), (["minutes", "minute", "mins", "min", "m"], 60),
            (["hours", "hour", "hrs", "hr", "h"], 3_600), (["days", "day", "d"], 86_400), (["weeks", "week"], 604_800),
            (["months", "month"], 2_592_000),
        ]
        // `20min` is one word to `takeWord`, which looks at what stands before.
        for unit in units {
            for name in unit.names where scanner.sees(name) {
                let end = scanner.place + name.unicodeScalars.count
                guard end == scanner.characters.count || !scanner.characters[end].isLatin else { continue }
                scanner.place = end
                return halves * unit.seconds / 2
            }
        }
        return nil
    }

    // MARK: Days

    private static func monthAndDay(_ scanner: inout PhraseScanner) -> (month: Int, day: Int)? {
        let before = scanner
        if let month = month(&scanner) {
            scanner.skipSpaces()
            if let day = ordinal(&scanner) { return (month, day) }
        }
        scanner = before
        if let day = ordinal(&scanner) {
            scanner.skipSpaces()
            if scanner.takeWord("of") { scanner.skipSpaces() }
            if let month = month(&scanner) { return (month, day) }
        }
        scanner = before
        return nil
    }

    private static func date(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.day == nil else { return false }
        if scanner.takeWord("on") { scanner.skipSpaces() }
        if scanner.takeWord("the") {
            scanner.skipSpaces()
            let start = scanner.place
            guard let day = ordinal(&scanner), scanner.characters[scanner.place - 1].isLatin, scanner.place > start
            else {
                return false
            }
            parts.day = .dayOfMonth(day, months: nil)
            return true
        }
        guard let (month, day) = monthAndDay(&scanner) else { return false }
        let before = scanner
        _ = scanner.take(",")
        scanner.skipSpaces()
        var year = scanner.digits(atMost: 4)
        if year.map({ $0 < 1_970 }) ?? true || scanner.next == ":" {
            scanner = before
            year = nil
        }
        parts.day = .date(year: year, month: month, day: day)
        return true
    }

    private static func day(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.day == nil else { return false }
        if scanner.takeWord("on") { scanner.skipSpaces() }
        if scanner.takeWord(["the day after tomorrow", "day after tomorrow"]) != nil {
            parts.day = .offset(2)
        } else if scanner.takeWord(["tomorrow", "tmrw"]) != nil {
            parts.day = .offset(1)
        } else if scanner.takeWord("yesterday") {
            parts.day = .offset(-1)
        } else if scanner.takeWord("today") {
            parts.day = .offset(0)
        } else if scanner.takeWord("tonight") {
            parts.day = .offset(0)
            parts.period = .evening
        } else if scanner.takeWord("next week") {
            parts.day = .weekday(1, weeks: 1)
        } else if scanner.takeWord("next") {
            scanner.skipSpaces()
            guard let day = weekday(&scanner) else { return false }
            parts.day = .weekday(day, weeks: 1)
        } else if scanner.takeWord("this") {
            scanner.skipSpaces()
            if let day = weekday(&scanner) {
                parts.day = .weekdayOfThisWeek(day)
            } else {
                guard let word = scanner.takeWord(["morning", "afternoon", "evening"]) else { return false }
                parts.day = .offset(0)
                parts.period = word == "morning" ? .morning : word == "afternoon" ? .afternoon : .evening
            }
        } else {
            guard let day = weekday(&scanner) else { return false }
            parts.day = .weekday(day, weeks: 0)
        }
        return true
    }

    // MARK: Times of a day

    private static func period(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.period == nil else { return false }
        if scanner.takeWord("at") { scanner.skipSpaces() }
        if scanner.takeWord("noon") {
            parts.hour = 12
            parts.isExact = true
            return true
        }
        if scanner.takeWord("midnight") {
            parts.hour = 24
            parts.isExact = true
            return true
        }
        if scanner.takeWord("in the") { scanner.skipSpaces() }
        guard let word = scanner.takeWord(["morning", "afternoon", "evening", "night"]) else { return false }
        parts.period = word == "morning" ? .morning : word == "afternoon" ? .afternoon : .evening
        return true
    }

    private static func clock(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.hour == nil, parts.delay == nil else { return false }
        let hasAt = scanner.takeWord(["at", "by", "@"]) != nil
        scanner.skipSpaces()
        if scanner.place > 0, scanner.characters[scanner.place - 1].isDigit { return false }
        let start = scanner.place
        guard let hour = scanner.digits(atMost: 2) else { return false }
        let width = scanner.place - start
        var hasMinutes = false
        if scanner.take(":") {
            guard let minute = scanner.digits(atMost: 2) else { return false }
            parts.minute = minute
            hasMinutes = true
        }
        let before = scanner
        scanner.skipSpaces()
        if let half = scanner.take(["a.m.", "p.m.", "am", "pm"]), scanner.next?.isLatin != true {
            guard (1...12).contains(hour) else { return false }
            parts.hour = hour % 12 + (half.hasPrefix("p") ? 12 : 0)
            parts.isExact = true
            return true
        }
        scanner = before
        scanner.skipSpaces()
        let hasClock = scanner.takeWord(["o'clock", "o’clock"]) != nil
        if !hasClock { scanner = before }
        guard hasAt || hasMinutes || hasClock, scanner.next?.isLatin != true else { return false }
        parts.hour = hour
        parts.isExact = hasMinutes && width == 2 && scanner.characters[start] == "0" || hour == 0
        return hour <= 24
    }
}
