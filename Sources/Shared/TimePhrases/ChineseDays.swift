import TimeZones

/// Words for several days at once in Chinese, and for days gone by: `下周`, `月底`, `三天内`, `明年三月`, `上周五`.
/// Single days to come are read by `ChineseTime`.
enum ChineseDays {
    private static let weeks = ["星期", "礼拜", "周"]
    private static let before = ["之前", "以前", "前"]

    /// What begins one of these, or any words of time in Chinese.
    static let beginnings = Set("今明后大昨前下本这上去当每年月季周星礼再过早中晚凌半夜清傍第零〇一二三四五六七八九十两春节".unicodeScalars)

    /// The days that words mean which stand at the scanner's place; nil, and nothing read, where none do.
    static func read(_ scanner: inout PhraseScanner, seenFrom today: CivilTime) -> (span: DaySpan, anchor: DayAnchor)? {
        let start = scanner
        for rule in [pastDay, length, yearly, quarterly, monthly, weekly] {
            if let found = rule(&scanner, today) {
                // `下周前` is before next week, `月底前` at the end of the month.
                let isPart = "初中底末旬".unicodeScalars.contains(scanner.characters[scanner.place - 1])
                if scanner.take(before) != nil { return (isPart ? found.span : found.span.before, found.anchor) }
                _ = scanner.take(["之内", "以内", "内"])
                return found
            }
            scanner = start
        }
        return nil
    }

    private typealias Found = (span: DaySpan, anchor: DayAnchor)

    private static func pastDay(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        scanner.take("大前天") ? (.day(today.adding(days: -3)), .relative) : nil
    }

    /// `三天内`, `两周之后`, `半个月内`, `五个工作日内`, `三天前`.
    private static func length(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        let isHalf = scanner.take("半")
        guard let number = isHalf ? 1 : scanner.number(), number < 1_000 else { return nil }
        _ = scanner.take("个")
        guard let unit = scanner.take(["工作日", "小时", "钟头", "天", "日", "星期", "礼拜", "周", "月", "季度", "年"]) else {
            return nil
        }
        guard let end = scanner.take(["之内", "以内", "内", "之后", "以后", "后", "之前", "以前", "前"]) else { return nil }
        // `20日前`, `11月前`, `三日内` of the first two are dates; `N个月前` is not.
        let isBefore = end.hasSuffix("前")
        if isBefore, unit == "日" || unit == "月" && !hadMeasure(scanner, unit, end) || unit == "年" { return nil }
        if unit == "月", !isHalf, !hadMeasure(scanner, unit, end) { return nil }
        let sign = isBefore ? -1 : 1
        switch unit {
        case "工作日": return (isBefore ? .day(today.adding(days: -number)) : .workdays(number, from: today), .length)
        case "小时", "钟头": return (.day(today.adding(days: sign * (isHalf ? 0 : number / 24))), .length)
        case "天", "日": return (.day(today.adding(days: isHalf ? 0 : sign * number)), .length)
        case "月": return (.day(isHalf ? today.adding(days: sign * 15) : today.adding(months: sign * number)), .length)
        case "季度": return (.day(today.adding(months: 3 * sign * number)), .length)
        case "年": return (.day(today.adding(months: sign * (isHalf ? 6 : 12 * number))), .length)
        default: return (.day(today.adding(days: 7 * sign * number)), .length)
        }
    }

    /// Whether `个` stood before the unit that was just read.
    private static func hadMeasure(_ scanner: PhraseScanner, _ unit: String, _ end: String) -> Bool {
        let place = scanner.place - end.unicodeScalars.count - unit.unicodeScalars.count - 1
        return place >= 0 && scanner.characters[place] == "个"
    }

    /// `年底`, `明年`, `2026年`, `2026年底`, `明年三月`, `下半年`, `2025年第四季度`.
    private static func yearly(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        var year: Int?
        var anchor = DayAnchor.relative
        if let word = scanner.take(["今年", "明年", "去年", "后年", "前年", "本年度", "本年"]) {
            year = today.year + (["明": 1, "去": -1, "后": 2, "前": -2][word.first] ?? 0)
        } else if let number = fourDigits(&scanner) {
            guard scanner.take("年") else { return nil }
            year = number
            anchor = .dated
        }
        let span = DaySpan.year(year ?? today.year)
        if let half = scanner.take(["上半年", "下半年"]) {
            return (span.part(half == "上半年" ? .firstHalf : .secondHalf), anchor)
        }
        if year != nil {
            let beforeRest = scanner
            _ = scanner.take("的")
            if let number = scanner.number(), (1...12).contains(number), scanner.take(["月份", "月"]) != nil {
                let month = DaySpan.month(number, of: year, near: today)
                if let day = dayOfMonth(&scanner), day <= month.days.count {
                    return (DaySpan(day: month.days.lowerBound + day - 1), anchor)
                }
                return (part(&scanner, of: month) ?? month, anchor)
            }
            scanner = beforeRest
            if let quarter = quarterNumber(&scanner) {
                let span = DaySpan.quarter(quarter, of: year ?? today.year)
                return (part(&scanner, of: span) ?? span, anchor)
            }
            _ = scanner.take("年")
            return (part(&scanner, of: span) ?? span, anchor)
        }
        guard scanner.take("年") else { return nil }
        return part(&scanner, of: span).map { ($0, .relative) }
    }

    /// `本季度`, `下季度末`, `第四季度`, `Q4`.
    private static func quarterly(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        let span: DaySpan
        if let word = scanner.take(["本季度", "这个季度", "这季度", "下个季度", "下季度", "上个季度", "上季度"]) {
            span = .quarter(of: today, plus: word.hasPrefix("下") ? 1 : word.hasPrefix("上") ? -1 : 0)
        } else if let number = quarterNumber(&scanner) {
            let span = DaySpan.quarter(number, of: today.year)
            return (part(&scanner, of: span) ?? span, .yearless)
        } else if scanner.take(["季度末", "季度底", "季末"]) != nil {
            return (DaySpan.quarter(of: today, plus: 0).part(.end), .relative)
        } else {
            return nil
        }
        return (part(&scanner, of: span) ?? span, .relative)
    }

    private static func quarterNumber(_ scanner: inout PhraseScanner) -> Int? {
        let start = scanner
        if scanner.take("q"), let number = scanner.digits(atMost: 1), (1...4).contains(number) { return number }
        scanner = start
        _ = scanner.take("第")
        if let number = scanner.number(), (1...4).contains(number), scanner.take(["季度", "季"]) != nil { return number }
        scanner = start
        return nil
    }

    /// `月底`, `下个月`, `本月初`, `十一月`, `11月中旬`.
    private static func monthly(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        if let word = scanner.take(["本月", "这个月", "这月", "当月", "下个月", "下月", "上个月", "上月"]) {
            let span = DaySpan.month(of: today, plus: word.hasPrefix("下") ? 1 : word.hasPrefix("上") ? -1 : 0)
            if let day = dayOfMonth(&scanner) {
                return day <= span.days.count ? (DaySpan(day: span.days.lowerBound + day - 1), .relative) : nil
            }
            return (part(&scanner, of: span) ?? span, .relative)
        }
        let start = scanner
        if let number = scanner.number(), (1...12).contains(number), scanner.take(["月份", "月"]) != nil {
            if dayOfMonth(&scanner) != nil { return nil }
            let span = DaySpan.month(number, of: nil, near: today)
            return (part(&scanner, of: span) ?? span, .yearless)
        }
        scanner = start
        guard scanner.take("月") else { return nil }
        let span = DaySpan.month(of: today, plus: 0)
        if scanner.take("内") { return (span, .relative) }
        return part(&scanner, of: span).map { ($0, .relative) }
    }

    /// `下周`, `本周内`, `下周末`, `上周五`; without a name of a day, which `ChineseTime` reads where it is to come.
    private static func weekly(_ scanner: inout PhraseScanner, _ today: CivilTime) -> Found? {
        var weeks = 0
        var isSaid = true
        if let word = scanner.take(["上上个", "上上", "上一", "上个", "上"]) {
            weeks = word.hasPrefix("上上") ? -2 : -1
        } else if let word = scanner.take(["下下个", "下下", "下一", "下个", "下"]) {
            weeks = word.hasPrefix("下下") ? 2 : 1
        } else {
            isSaid = scanner.take(["这一", "这个", "这", "本", "当"]) != nil
        }
        guard scanner.take(Self.weeks) != nil else { return nil }
        if scanner.take("末") { return (.weekend(of: today, plus: weeks), .relative) }
        let span = DaySpan.week(of: today, plus: weeks)
        if let day = scanner.next.flatMap({ weekdays[$0] }) {
            guard weeks < 0 else { return nil }
            scanner.place += 1
            return (DaySpan(day: span.days.lowerBound + day - 1), .relative)
        }
        if !isSaid { return scanner.take(["之内", "内"]) != nil ? (span, .relative) : nil }
        return (part(&scanner, of: span) ?? span, .relative)
    }

    private static let weekdays: [Unicode.Scalar: Int] = [
        "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7,
    ]

    private static func part(_ scanner: inout PhraseScanner, of span: DaySpan) -> DaySpan? {
        if scanner.take(["上旬", "初"]) != nil { return span.part(.beginning) }
        if scanner.take(["中旬", "中"]) != nil { return span.part(.middle) }
        if scanner.take(["下旬", "底", "末"]) != nil { return span.part(.end) }
        return nil
    }

    private static func dayOfMonth(_ scanner: inout PhraseScanner) -> Int? {
        let start = scanner
        if let day = scanner.number(), (1...31).contains(day), scanner.take(["号", "日"]) != nil { return day }
        scanner = start
        return nil
    }

    /// `2026`, `二零二六`.
    private static func fourDigits(_ scanner: inout PhraseScanner) -> Int? {
        let start = scanner
        if let number = scanner.digits(atMost: 4) {
            if number >= 1_900 { return number }
        } else {
            let names = Array("零一二三四五六七八九".unicodeScalars)
            var number = 0
            for _ in 0..<4 {
                guard let next = scanner.next, let digit = next == "〇" ? 0 : names.firstIndex(of: next) else {
                    scanner = start
                    return nil
                }
                number = number * 10 + digit
                scanner.place += 1
            }
            if number >= 1_900 { return number }
        }
        scanner = start
        return nil
    }
}
