package import TimeZones

extension TimeParts {
    /// The day that is meant, seen from the day and time when it was said; nil where there is no such day. Hour and minute
    /// decide whether a day that could be today is over, and the next such one meant.
    package func day(from today: CivilTime, hour: Int, minute: Int) -> CivilTime? {
        switch day {
        case nil: return today
        case .offset(let days): return today.adding(days: days)
        case .weekdayOfThisWeek(let day): return today.adding(days: day - today.weekday)
        case .weekday(let day, let weeks):
            if weeks > 0 { return today.adding(days: day - today.weekday + 7 * weeks) }
            let ahead = (day - today.weekday + 7) % 7
            // On a Friday, `周五` is today as long as that time is to come.
            let isOver = ahead == 0 && (hour, minute) <= (today.hour, today.minute)
            return today.adding(days: isOver ? 7 : ahead)
        case .dayOfMonth(let day, let months):
            var first = CivilTime(year: today.year, month: today.month, day: 1).adding(months: months ?? 0)
            let isOver = months == nil && (day, hour, minute) <= (today.day, today.hour, today.minute)
            if isOver { first = first.adding(months: 1) }
            first.day = day
            return first.isValid ? first : nil
        case .date(let year, let month, let day):
            var date = CivilTime(year: year ?? today.year, month: month, day: day)
            let isOver = (month, day, hour, minute) <= (today.month, today.day, today.hour, today.minute)
            if year == nil, isOver { date.year += 1 }
            return date.isValid ? date : nil
        }
    }
}
