/// What a clock on the wall and a calendar beside it show: the proleptic Gregorian calendar, without a zone.
package struct CivilTime: Sendable, Hashable, Comparable, Codable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int

    package init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
    }

    /// Seconds since 1970 as this clock counts them, seconds of the minute dropped.
    package init(secondsSince1970 seconds: Int) {
        let days = Self.floor(seconds, by: 86_400)
        let rest = seconds - days * 86_400
        self = CivilTime(daysSince1970: days)
        hour = rest / 3_600
        minute = rest % 3_600 / 60
    }

    /// The day, at midnight. By eras of 400 years, in which the calendar repeats; a year begins in March here, so that the
    /// leap day is its last.
    package init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = Self.floor(shifted, by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.init(
            year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
            month: month,
            day: dayOfYear - (153 * marchMonth + 2) / 5 + 1
        )
    }

    package var daysSince1970: Int {
        let year = month <= 2 ? year - 1 : year
        let era = Self.floor(year, by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    package var secondsSince1970: Int { daysSince1970 * 86_400 + hour * 3_600 + minute * 60 }

    /// 1 for Monday to 7 for Sunday, as ISO 8601 counts.
    package var weekday: Int { (daysSince1970 + 3) % 7 < 0 ? (daysSince1970 + 3) % 7 + 8 : (daysSince1970 + 3) % 7 + 1 }

    /// Whether there is such a day and such a time.
    package var isValid: Bool {
        (1...12).contains(month) && day >= 1 && day <= Self.days(inMonth: month, of: year)
            && (0...23).contains(hour) && (0...59).contains(minute)
    }

    package static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// So many days later, at the same time.
    package func adding(days: Int) -> CivilTime {
        var result = CivilTime(daysSince1970: daysSince1970 + days)
        result.hour = hour
        result.minute = minute
        return result
    }

    /// So many months later; a day that the month does not have becomes its last.
    package func adding(months: Int) -> CivilTime {
        let all = year * 12 + month - 1 + months
        let (year, month) = (Self.floor(all, by: 12), all - Self.floor(all, by: 12) * 12 + 1)
        let day = min(day, Self.days(inMonth: month, of: year))
        return CivilTime(year: year, month: month, day: day, hour: hour, minute: minute)
    }

    package func at(hour: Int, minute: Int) -> CivilTime {
        CivilTime(year: year, month: month, day: day, hour: hour, minute: minute)
    }

    package static func < (left: CivilTime, right: CivilTime) -> Bool { left.secondsSince1970 < right.secondsSince1970 }

    private static func floor(_ number: Int, by divisor: Int) -> Int {
        number >= 0 ? number / divisor : -((-number + divisor - 1) / divisor)
    }
}
