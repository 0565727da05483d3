/// Words of time in Chinese.
package enum ChineseTime {
    private static let weekdayNames: [Unicode.Scalar: Int] = [
        "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "日": 7, "天": 7, "末": 6, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5,
        "6": 6, "7": 7,
    ]
    private static let weeks = ["星期", "礼拜", "周"]

    /// Reads one word or group of words; false, and nothing read, where none stands here.
    package static func read(_ scanner: inout PhraseScanner, into parts: inout TimeParts) -> Bool {
        attempt(&scanner, &parts, repeats) || attempt(&scanner, &parts, delay) || attempt(&scanner, &parts, date)
            || attempt(&scanner, &parts, day) || attempt(&scanner, &parts, weekday) || attempt(&scanner, &parts, clock)
            || attempt(&scanner, &parts, period)
    }

    private typealias Rule = (inout PhraseScanner, inout TimeParts) -> Bool

    private static func attempt(_ scanner: inout PhraseScanner, _ parts: inout TimeParts, _ rule: Rule) -> Bool {
        let (before, partsBefore) = (scanner, parts)
        if rule(&scanner, &parts) { return true }
        (scanner, parts) = (before, partsBefore)
        return false
    }

    // MARK: Again and again

    private static func repeats(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.repeats == nil, scanner.take(["每逢", "每隔", "每"]) != nil else { return false }
        let beginning = scanner
        if scanner.take(["个工作日", "工作日"]) != nil {
            parts.repeats = .weekly(TimeParts.workdays)
        } else if scanner.take(["天", "日"]) != nil {
            parts.repeats = .daily
        } else if let part = scanner.take(["晚", "早"]) {
            _ = scanner.take("上")
            parts.repeats = .daily
            parts.period = part == "晚" ? .evening : .morning
        } else if scanner.take(["个小时", "小时", "个钟头", "钟头"]) != nil {
            parts.repeats = .interval(minutes: 60)
        } else if scanner.take(["半个小时", "半小时"]) != nil {
            parts.repeats = .interval(minutes: 30)
        } else if let days = everyWeek(&scanner) {
            parts.repeats = .weekly(days)
        } else if scanner.take(["个月", "月"]) != nil {
            guard let day = scanner.number(), (1...31).contains(day), scanner.take(["号", "日"]) != nil else {
                return false
            }
            parts.repeats = .monthly(day)
        } else if scanner.take("年") {
            guard let month = scanner.number(), scanner.take("月"), let day = scanner.number() else { return false }
            guard (1...12).contains(month), (1...31).contains(day) else { return false }
            _ = scanner.take(["号", "日"])
            parts.repeats = .yearly(month: month, day: day)
        } else {
            scanner = beginning
            guard let number = scanner.number(), number > 0 else { return false }
            guard let unit = scanner.take(["分钟", "个小时", "小时", "个钟头", "天"]) else { return false }
            parts.repeats = .interval(minutes: number * (unit == "分钟" ? 1 : unit == "天" ? 1_440 : 60))
        }
        _ = scanner.take("的")
        return true
    }

    /// `个?周一、三和五`, `周一到周五`, `周末`.
    private static func everyWeek(_ scanner: inout PhraseScanner) -> [Int]? {
        _ = scanner.take("个")
        guard scanner.take(weeks) != nil else { return nil }
        guard let first = weekdayName(&scanner) else { return nil }
        if first.isWeekend { return [6, 7] }
        var days = [first.day]
        while true {
            let before = scanner
            let isRange = scanner.take(["到", "至", "-", "~"]) != nil
            if !isRange { _ = scanner.take(["、", "，", ",", "和", "及"]) }
            let hadMark = scanner.place > before.place
            _ = scanner.take("每")
            let hadWeek = scanner.take(weeks) != nil
            guard hadMark || hadWeek, let day = weekdayName(&scanner), !day.isWeekend else {
                scanner = before
                return Array(Set(days)).sorted()
            }
            if isRange, let last = days.last, last < day.day {
                days += Array(last...day.day)
            } else {
                days.append(day.day)
            }
        }
    }

    private static func weekdayName(_ scanner: inout PhraseScanner) -> (day: Int, isWeekend: Bool)? {
        guard let next = scanner.next, let day = weekdayNames[next] else { return nil }
        scanner.place += 1
        return (day, next == "末")
    }

    // MARK: From now

    private static func delay(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.delay == nil, parts.day == nil, parts.hour == nil else { return false }
        let hasOver = scanner.take(["再过", "过"]) != nil
        var seconds = 0
        var found = false
        while let amount = amount(&scanner) {
            seconds += amount
            found = true
            _ = scanner.take(["零", "又"])
        }
        guard found else { return false }
        let isLater = scanner.take(["之后", "以后", "过后", "后"]) != nil
        guard isLater || hasOver else { return false }
        parts.delay = seconds
        return true
    }

    /// `一个半小时`, `半小时`, `20分钟`, `三天`, `一刻钟`, in seconds.
    private static func amount(_ scanner: inout PhraseScanner) -> Int? {
        let before = scanner
        var halves = 0
        if scanner.take("半") {
            halves = 1
        } else if let number = scanner.number() {
            halves = number * 2
        } else {
            return nil
        }
        _ = scanner.take("个")
        if halves % 2 == 0, scanner.take("半") { halves += 1 }
        let units: [(names: [String], seconds: Int)] = [
            (["小时", "钟头"], 3_600), (["分钟", "分"], 60), (["刻钟"], 900), (["秒钟", "秒"], 1), (["天"], 86_400),
            (["星期", "礼拜", "周"], 604_800), (["月"], 2_592_000),
        ]
        for unit in units where scanner.take(unit.names) != nil {
            if halves % 2 == 0, unit.seconds >= 60, scanner.sees("半"), !scanner.sees("半天") {
                scanner.place += 1
                halves += 1
            }
            return halves * unit.seconds / 2
        }
        scanner = before
        return nil
    }

    // MARK: Days

    private static func date(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.day == nil else { return false }
        if scanner.take(["下个月", "下月"]) != nil {
            guard let day = scanner.number(), scanner.take(["号", "日"]) != nil else { return false }
            parts.day = .dayOfMonth(day, months: 1)
            return (1...31).contains(day)
        }
        if scanner.take(["这个月", "本月"]) != nil {
            guard let day = scanner.number(), scanner.take(["号", "日"]) != nil else { return false }
            parts.day = .dayOfMonth(day, months: 0)
            return (1...31).contains(day)
        }
        guard let first = scanner.number() else { return false }
        var year: Int?
        var month = first
        if first > 1_970, scanner.take(["年", "-", "/", "."]) != nil {
            year = first
            guard let number = scanner.number() else { return false }
            month = number
        } else if scanner.take(["号", "日"]) != nil {
            parts.day = .dayOfMonth(first, months: nil)
            return (1...31).contains(first)
        }
        guard let mark = scanner.take(["月", "-", "/", "."]), year != nil || mark == "月" || mark == "/" else {
            return false
        }
        guard let day = scanner.number() else { return false }
        _ = scanner.take(["号", "日"])
        parts.day = .date(year: year, month: month, day: day)
        return (1...12).contains(month) && (1...31).contains(day)
    }

    private static func day(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.day == nil else { return false }
        let names: [(String, Int, TimeParts.Period?)] = [
            ("大后天", 3, nil), ("前天", -2, nil), ("昨天", -1, nil), ("昨日", -1, nil), ("昨晚", -1, .evening),
            ("今天", 0, nil), ("今日", 0, nil), ("明天", 1, nil), ("明日", 1, nil), ("后天", 2, nil),
            ("今晚上", 0, .evening), ("今晚", 0, .evening), ("明晚", 1, .evening), ("明早上", 1, .morning), ("明早", 1, .morning),
            ("今早", 0, .morning),
        ]
        for (name, offset, period) in names where scanner.take(name) {
            parts.day = .offset(offset)
            parts.period = period ?? parts.period
            return true
        }
        return false
    }

    private static func weekday(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.day == nil else { return false }
        var weeks = 0
        var isThisWeek = false
        while scanner.take("下") { weeks += 1 }
        if weeks == 0 { isThisWeek = scanner.take(["这个", "这", "本"]) != nil }
        if weeks > 0 { _ = scanner.take("个") }
        guard scanner.take(Self.weeks) != nil, let day = weekdayName(&scanner), weeks <= 4 else { return false }
        parts.day = isThisWeek ? .weekdayOfThisWeek(day.day) : .weekday(day.day, weeks: weeks)
        return true
    }

    // MARK: Times of a day

    private static func period(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.period == nil, parts.hour == nil else { return false }
        let names: [(String, TimeParts.Period)] = [
            ("凌晨", .night), ("半夜", .night), ("清晨", .morning), ("早晨", .morning), ("早上", .morning), ("上午", .morning),
            ("中午", .noon), ("下午", .afternoon), ("傍晚", .afternoon), ("晚上", .evening), ("夜里", .evening), ("晚", .evening),
        ]
        for (name, period) in names where scanner.take(name) {
            parts.period = period
            return true
        }
        return false
    }

    private static func clock(_ scanner: inout PhraseScanner, _ parts: inout TimeParts) -> Bool {
        guard parts.hour == nil, parts.delay == nil else { return false }
        let start = scanner.place
        guard let hour = scanner.number() else { return false }
        let width = scanner.place - start
        if scanner.take(":") {
            let minuteStart = scanner.place
            guard let minute = scanner.digits(atMost: 2), scanner.place - minuteStart == 2 else { return false }
            parts.minute = minute
            // 03:00 is written by people who count to 24.
            parts.isExact = width == 2 && scanner.characters[start] == "0" || hour == 0
        } else {
            guard scanner.take(["点钟", "点整", "点", "时"]) != nil else { return false }
            if scanner.take("半") {
                parts.minute = 30
            } else if scanner.take("一刻") {
                parts.minute = 15
            } else if scanner.take("三刻") {
                parts.minute = 45
            } else {
                let before = scanner
                _ = scanner.take("零")
                if let minute = scanner.number(), minute < 60, scanner.take("分") || minute > 9 {
                    parts.minute = minute
                } else {
                    scanner = before
                }
            }
            parts.isExact = hour == 0
        }
        parts.hour = hour
        // `25点` is meant as a time, which there is not.
        return hour <= 99
    }
}
