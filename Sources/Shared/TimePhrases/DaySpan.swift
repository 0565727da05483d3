import TimeZones

/// What tells which days words mean.
package enum DayAnchor: Sendable {
    /// The day on which they were said.
    case relative
    /// That day, and how long it is until then.
    case length
    /// A date without its year, the same in all texts about that day.
    case yearless
    case dated
}

/// Days that words cover, and the one of them by which what is due then is due.
package struct DaySpan: Sendable, Hashable {
    /// Since 1970.
    package let days: ClosedRange<Int>
    package let due: Int

    init(_ days: ClosedRange<Int>, due: Int? = nil) {
        self.days = days
        self.due = due ?? days.upperBound
    }

    init(day: Int) { self.init(day...day) }

    /// `下周前`, `before next month`: what is due before several days is due before the first of them, and what is due
    /// before one day is due on it, as people mean it.
    var before: DaySpan { days.count > 1 ? DaySpan(day: days.lowerBound - 1) : self }

    /// The first ten, the next ten or the other days of a month, and the like of what is longer.
    enum Part { case beginning, middle, end, firstHalf, secondHalf }

    func part(_ part: Part) -> DaySpan {
        let (first, last) = (days.lowerBound, days.upperBound)
        // Of a year, its first and last months; of a month, ten days; of a week, two.
        let third = days.count > 100 ? 31 : days.count > 20 ? 10 : 2
        switch part {
        case .beginning: return DaySpan(first...min(last, first + third - 1))
        case .middle: return DaySpan(min(last, first + third)...max(first + third, last - third))
        // Of a week, from its Thursday, since its Friday is among them.
        case .end: return DaySpan(max(first, last - (days.count == 7 ? 3 : third - 1))...last, due: due)
        case .firstHalf: return DaySpan(first...(first + last) / 2)
        case .secondHalf: return DaySpan(((first + last) / 2 + 1)...last)
        }
    }

    // MARK: Spans of the calendar

    static func day(_ day: CivilTime) -> DaySpan { DaySpan(day: day.daysSince1970) }

    /// Monday to Sunday; what is due in a week is due on its Friday.
    static func week(of today: CivilTime, plus weeks: Int) -> DaySpan {
        let monday = today.daysSince1970 - today.weekday + 1 + 7 * weeks
        return DaySpan(monday...(monday + 6), due: monday + 4)
    }

    static func weekend(of today: CivilTime, plus weeks: Int) -> DaySpan {
        let monday = today.daysSince1970 - today.weekday + 1 + 7 * weeks
        return DaySpan((monday + 5)...(monday + 6))
    }

    static func months(_ count: Int, from month: Int, of year: Int) -> DaySpan {
        let first = CivilTime(year: year, month: month, day: 1)
        return DaySpan(first.daysSince1970...(first.adding(months: count).daysSince1970 - 1))
    }

    static func month(of today: CivilTime, plus months: Int) -> DaySpan {
        let first = CivilTime(year: today.year, month: today.month, day: 1).adding(months: months)
        return Self.months(1, from: first.month, of: first.year)
    }

    /// The month with that number: of a year, or the nearest to today.
    static func month(_ month: Int, of year: Int?, near today: CivilTime) -> DaySpan {
        if let year { return months(1, from: month, of: year) }
        let apart = month - today.month
        return months(1, from: month, of: today.year + (apart > 6 ? -1 : apart < -6 ? 1 : 0))
    }

    static func quarter(of today: CivilTime, plus quarters: Int) -> DaySpan {
        let first = CivilTime(year: today.year, month: (today.month - 1) / 3 * 3 + 1, day: 1).adding(
            months: 3 * quarters
        )
        return Self.months(3, from: first.month, of: first.year)
    }

    static func quarter(_ number: Int, of year: Int) -> DaySpan { months(3, from: 3 * number - 2, of: year) }

    static func year(_ year: Int) -> DaySpan { months(12, from: 1, of: year) }

    /// So many days from today that are no Saturday and no Sunday; holidays are not known here.
    static func workdays(_ count: Int, from today: CivilTime) -> DaySpan {
        var day = today
        var left = min(count, 400)
        while left > 0 {
            day = day.adding(days: 1)
            if day.weekday < 6 { left -= 1 }
        }
        return .day(day)
    }
}
