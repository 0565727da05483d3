/// What words say about a time, before anybody knows when they were said.
package struct TimeParts: Sendable, Equatable {
    package enum Day: Sendable, Equatable {
        /// From today.
        case offset(Int)
        /// 1 for Monday to 7; `weeks` 0 for the next such day from today, 1 for the one in the week after this, and so on.
        case weekday(Int, weeks: Int)
        /// The one in this week.
        case weekdayOfThisWeek(Int)
        /// The year where none was said is the next in which it lies ahead.
        case date(year: Int?, month: Int, day: Int)
        /// In this month, or the next one where that is over; `months` from now where it was said.
        case dayOfMonth(Int, months: Int?)
    }

    /// What part of a day an hour is meant in.
    package enum Period: Sendable, Equatable { case night, morning, noon, afternoon, evening }

    package enum Repeats: Sendable, Equatable {
        case interval(minutes: Int)
        case daily
        case weekly([Int])
        case monthly(Int)
        case yearly(month: Int, day: Int)
    }

    /// From now, in seconds.
    package var delay: Int?
    package var day: Day?
    package var period: Period?
    package var hour: Int?
    package var minute = 0
    /// Whether the hour is one of 24, whatever the part of the day: `15:00`, `03:00`, `3 pm`.
    package var isExact = false
    package var repeats: Repeats?

    /// Monday to Friday.
    static let workdays = [1, 2, 3, 4, 5]

    package init() {}

    package var isEmpty: Bool { delay == nil && day == nil && period == nil && hour == nil && repeats == nil }

    /// The time of day, by what people mean in an office: one to six without more is in the afternoon. nil where there is
    /// none; `fallback` is the hour where only a day was said.
    package func time(fallback: Int = 9) -> (hour: Int, minute: Int)? {
        guard let hour else {
            return switch period {
            case nil: (fallback, 0)
            case .night: (0, 0)
            case .morning: (9, 0)
            case .noon: (12, 0)
            case .afternoon: (15, 0)
            case .evening: (20, 0)
            }
        }
        guard hour <= 24, minute < 60 else { return nil }
        if isExact || hour > 12 { return (hour, minute) }
        return switch period {
        case nil: hour >= 1 && hour <= 6 ? (hour + 12, minute) : (hour, minute)
        case .night, .morning: (hour == 12 ? 0 : hour, minute)
        case .noon: (hour < 10 ? hour + 12 : hour, minute)
        // Twelve in the evening is the end of the day.
        case .afternoon: (hour == 12 ? 12 : hour + 12, minute)
        case .evening: (hour + 12, minute)
        }
    }
}
