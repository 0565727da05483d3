import TimeZones

/// When something happens, in the five fields of cron: minute, hour, day of month, month, day of week.
///
/// As in the cron of Vixie: where both days are given, either will do. Names such as `MON`, lists, ranges (also over the
/// end, `FRI-MON`), steps, `L` for the last day of a month, `30L` for the 30th or, in a shorter month, its last, and
/// `@hourly`, `@daily` (`@midnight`), `@weekly`, `@monthly`, `@yearly` (`@annually`).
package struct CronExpression: Sendable, Hashable {
    /// As it was written, with single blanks.
    package let text: String
    private let minute: CronField
    private let hour: CronField
    private let day: CronField
    private let month: CronField
    private let weekday: CronField
    /// Whether it means every hour: then it follows time itself where clocks are set, and not what they show.
    let isHourly: Bool

    private static let named = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    /// - Throws: `ScheduleProblem` of the field `cron`, also for one that no day can meet.
    package init(_ text: String) throws(ScheduleProblem) {
        guard text.utf8.count <= 256 else { throw ScheduleProblem("cron", "at most 256 characters") }
        var fields = text.split { $0 == " " || $0 == "\t" }
        if fields.count == 1, fields[0].hasPrefix("@") {
            guard let meaning = Self.named[fields[0].lowercased()] else {
                throw ScheduleProblem(
                    "cron",
                    "expected one of \(Self.named.keys.sorted().joined(separator: ", ")); got "
                        + ScheduleProblem.quote(fields[0])
                )
            }
            self.text = fields[0].lowercased()
            fields = meaning.split(separator: " ")
        } else {
            self.text = fields.joined(separator: " ")
        }
        guard fields.count == 5 else {
            throw ScheduleProblem(
                "cron",
                "expected five fields (minute, hour, day of month, month, day of week), got \(fields.count)"
            )
        }
        minute = try CronField(fields[0], .minute)
        hour = try CronField(fields[1], .hour)
        day = try CronField(fields[2], .day)
        month = try CronField(fields[3], .month)
        weekday = try CronField(fields[4], .weekday)
        isHourly = hour.isFull(.hour)
        guard day.isAny || !weekday.isAny || hasDay else {
            throw ScheduleProblem("cron", "never: no such month has such a day")
        }
    }

    /// Whether one of its months can have one of its days.
    private var hasDay: Bool {
        (1...12).contains { number in
            // A leap year, so that February may have all it can.
            guard month.contains(number), let first = day.lastOfShorter > 0 ? 1 : day.first(from: 1) else {
                return false
            }
            return first <= CivilTime.days(inMonth: number, of: 2_000)
        }
    }

    // MARK: By the calendar, without a zone

    private static let minutesPerDay = 1_440
    /// Between two leap days there are eight years where a century has none.
    private static let searchedDays = 9 * 366

    /// The first minute that it means, not before this one, both counted from 1970 as the clocks show them.
    func firstMinute(from start: Int) -> Int? {
        var number = start / Self.minutesPerDay
        if start < number * Self.minutesPerDay { number -= 1 }
        var time = start - number * Self.minutesPerDay
        let end = number + Self.searchedDays
        while number <= end {
            let date = CivilTime(daysSince1970: number)
            if !month.contains(date.month) {
                number += CivilTime.days(inMonth: date.month, of: date.year) - date.day + 1
            } else if isOn(date), let found = firstTime(from: time) {
                return number * Self.minutesPerDay + found
            } else {
                number += 1
            }
            time = 0
        }
        return nil
    }

    private func isOn(_ date: CivilTime) -> Bool {
        let length = CivilTime.days(inMonth: date.month, of: date.year)
        let fitsDay = day.contains(date.day) || (date.day == length && length < day.lastOfShorter)
        let fitsWeekday = weekday.contains(date.weekday % 7)
        if day.isAny { return fitsWeekday }
        if weekday.isAny { return fitsDay }
        return fitsDay || fitsWeekday
    }

    private func firstTime(from time: Int) -> Int? {
        let (start, rest) = (time / 60, time % 60)
        if hour.contains(start), let minute = minute.first(from: rest) { return start * 60 + minute }
        guard let later = hour.first(from: start + 1), let first = minute.first(from: 0) else { return nil }
        return later * 60 + first
    }
}
