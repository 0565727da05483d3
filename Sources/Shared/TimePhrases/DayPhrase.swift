package import TimeZones

/// Words of a text that name days or a time of day, and what they mean seen from the day on which they were said.
package struct DayPhrase: Sendable, Equatable {
    /// Of the scanner's characters.
    package let range: Range<Int>
    /// Nil where only a time of day is named, or what comes again.
    package let span: DaySpan?
    package let anchor: DayAnchor
    /// 1 for Monday to 7, where nothing but the day's name is said.
    package let weekday: Int?
    /// Where nothing but the day of a month is said.
    package let dayOfMonth: Int?
    /// Of the day, by what people mean in an office.
    package let minute: Int?
    /// Whether the part of the day is said too, or 24 hours are counted.
    package let isExactMinute: Bool
    package let repeats: TimeParts.Repeats?

    init(_ range: Range<Int>, span: DaySpan?, anchor: DayAnchor, parts: TimeParts) {
        self.range = range
        self.span = span
        self.anchor = anchor
        repeats = parts.repeats
        switch parts.day {
        case .weekday(let day, weeks: 0) where span != nil: (weekday, dayOfMonth) = (day, nil)
        case .dayOfMonth(let day, months: nil) where span != nil: (weekday, dayOfMonth) = (nil, day)
        default: (weekday, dayOfMonth) = (nil, nil)
        }
        minute = parts.hour == nil ? nil : parts.time().map { $0.hour % 24 * 60 + $0.minute }
        isExactMinute = parts.isExact || parts.period != nil || (parts.hour ?? 0) > 12
    }

    /// What is due then is due on this day; a date without a year, or without a month, is one to come.
    package func dueDay(seenFrom today: CivilTime) -> CivilTime? {
        guard let span else { return nil }
        let day = CivilTime(daysSince1970: span.due)
        guard anchor == .yearless, span.due < today.daysSince1970 else { return day }
        return day.adding(months: 12)
    }

    /// Whether who says these words says what `claim` says, too: the same days, or some of them; the same time.
    /// Unless both were read seen from the right day, `isDated`, what is relative says nothing of a date.
    package func shows(_ claim: DayPhrase, isDated: Bool) -> Bool {
        if let repeats = claim.repeats { return repeats == self.repeats }
        return (claim.span == nil || showsDay(of: claim, isDated)) && (claim.minute == nil || showsMinute(of: claim))
    }

    /// As `shows`, of the days only.
    package func showsDay(of claim: DayPhrase, _ isDated: Bool) -> Bool {
        guard let other = claim.span, let span else { return false }
        if let day = claim.weekday, day == weekdayOfSpan { return true }
        if let day = claim.dayOfMonth, day == dayOfSpan { return true }
        guard isDated || isRelative == claim.isRelative else { return false }
        if other.due == span.due
            || other.days.contains(span.days.lowerBound) && other.days.contains(span.days.upperBound)
        {
            return true
        }
        guard claim.anchor == .yearless || anchor == .yearless, span.days.count == 1, other.days.count == 1 else {
            return false
        }
        let (mine, theirs) = (CivilTime(daysSince1970: span.due), CivilTime(daysSince1970: other.due))
        return (mine.month, mine.day) == (theirs.month, theirs.day)
    }

    /// As `shows`, of the time of day only: `15:00` where `三点` was said.
    package func showsMinute(of claim: DayPhrase) -> Bool {
        guard let theirs = claim.minute, let minute else { return false }
        return minute == theirs || minute % 720 == theirs % 720 && !(isExactMinute && claim.isExactMinute)
    }

    private var weekdayOfSpan: Int? {
        span.flatMap { $0.days.count == 1 ? CivilTime(daysSince1970: $0.due).weekday : nil }
    }

    private var dayOfSpan: Int? {
        span.flatMap { $0.days.count == 1 ? CivilTime(daysSince1970: $0.due).day : nil }
    }
}

extension DayPhrase {
    /// All of a text, in order, in both languages; relative days are counted from the day on which it was said.
    package static func all(in text: PhraseScanner, seenFrom today: CivilTime) -> [DayPhrase] {
        var phrases: [DayPhrase] = []
        var scanner = text
        while let next = scanner.next {
            let start = scanner.place
            if canBegin(next, scanner), let phrase = DayPhrase(at: &scanner, seenFrom: today) {
                phrases.append(phrase)
                scanner.place = phrase.range.upperBound
            } else {
                scanner.place = start
                if !scanner.skipDigits() { scanner.place = start + 1 }
            }
        }
        return phrases
    }

    /// What stands at the scanner's place; nil where no words of time do.
    private init?(at scanner: inout PhraseScanner, seenFrom today: CivilTime) {
        let start = scanner.place
        let isChinese = scanner.characters[start].value >= 0x2E80
        let found =
            isChinese || scanner.characters[start].isDigit || scanner.characters[start] == "q"
            ? ChineseDays.read(&scanner, seenFrom: today) : nil
        let span = found ?? (isChinese ? nil : EnglishDays.read(&scanner, seenFrom: today))
        guard let span else {
            guard let run = TimeRun(at: &scanner), Self.isSaid(run, in: scanner) else { return nil }
            let noon = CivilTime(year: today.year, month: today.month, day: today.day)
            let days = Self.days(of: run.parts, seenFrom: noon)
            if run.parts.day != nil, days == nil { return nil }
            self.init(run.range, span: days, anchor: Self.anchor(run.parts), parts: run.parts)
            return
        }
        let end = scanner.place
        var parts = TimeParts()
        scanner.skipSpaces()
        if scanner.take(["的", "，", ","]) != nil { scanner.skipSpaces() }
        // A day is known: what may follow is its time.
        parts.day = .offset(0)
        var timeEnd = end
        while ChineseTime.read(&scanner, into: &parts) || EnglishTime.read(&scanner, into: &parts) {
            timeEnd = scanner.place
            scanner.skipSpaces()
        }
        if parts.repeats != nil {
            parts = TimeParts()
            timeEnd = end
        }
        scanner.place = timeEnd
        self.init(start..<timeEnd, span: span.span, anchor: span.anchor, parts: parts)
    }

    private static func days(of parts: TimeParts, seenFrom today: CivilTime) -> DaySpan? {
        if let delay = parts.delay { return DaySpan(day: today.daysSince1970 + delay / 86_400) }
        guard let day = parts.day else { return nil }
        if case .date(nil, let month, let day) = day {
            let span = DaySpan.month(month, of: nil, near: today)
            return day <= span.days.count ? DaySpan(day: span.days.lowerBound + day - 1) : nil
        }
        // Late, so that what is today is not over.
        return parts.day(from: today, hour: 24, minute: 0).map { DaySpan(day: $0.daysSince1970) }
    }

    private static func anchor(_ parts: TimeParts) -> DayAnchor {
        if case .date(let year, _, _) = parts.day { return year == nil ? .yearless : .dated }
        return parts.delay == nil ? .relative : .length
    }

    /// `sat` and `mon` are days only as names, `3号楼` is a house.
    private static func isSaid(_ run: TimeRun, in scanner: PhraseScanner) -> Bool {
        let first = run.range.lowerBound
        if case .weekday = run.parts.day, run.range.count == 3, scanner.characters[first].isLatin {
            return scanner.original[first] != scanner.characters[first]
        }
        if case .dayOfMonth = run.parts.day, let last = run.range.last, scanner.characters[last] == "号",
            run.range.upperBound < scanner.characters.count
        {
            return !"楼线机位店院库员码文桌车会".unicodeScalars.contains(scanner.characters[run.range.upperBound])
        }
        return true
    }

    private static func canBegin(_ character: Unicode.Scalar, _ scanner: PhraseScanner) -> Bool {
        let before = scanner.place == 0 ? nil : scanner.characters[scanner.place - 1]
        if character.isDigit {
            // The 5 of `1.5`, `1,500` and `A5` is no number.
            guard let before else { return true }
            if before.isLatin || before.isDigit { return false }
            return
                !(".,".unicodeScalars.contains(before) && scanner.place > 1
                && scanner.characters[scanner.place - 2].isDigit)
        }
        guard character.isLatin else { return ChineseDays.beginnings.contains(character) }
        guard !(before?.isLatin ?? false), scanner.place + 1 < scanner.characters.count else { return false }
        return EnglishDays.beginnings.contains(
            UInt16(character.value) << 8 | UInt16(truncatingIfNeeded: scanner.characters[scanner.place + 1].value)
        )
    }
}

extension DayPhrase {
    /// Whether its days depend on the day on which it was said.
    package var isRelative: Bool { anchor == .relative || anchor == .length }

    /// Whether it is only an hour, such as `三点`, which may as well be three of something.
    package var isBareHour: Bool { span == nil && repeats == nil && !isExactMinute && (minute ?? 1) % 60 == 0 }

    /// Whether it is one day with its year, which is the same whenever it is read.
    package var isDate: Bool { anchor == .dated && span?.days.count == 1 }
}
