package import TimeZones

/// When something happens again and again, by the clocks of a zone.
package enum Recurrence: Sendable, Hashable, Codable {
    /// Every so many minutes, from the first time on.
    case interval(minutes: Int)
    case daily(hour: Int, minute: Int)
    /// 1 for Monday to 7 for Sunday.
    case weekly(days: [Int], hour: Int, minute: Int)
    /// In a month without that day on its last.
    case monthly(day: Int, hour: Int, minute: Int)
    case yearly(month: Int, day: Int, hour: Int, minute: Int)

    /// Monday to Friday.
    package static let workdays = [1, 2, 3, 4, 5]
    /// What repeats more often than that would be a nuisance.
    package static let leastMinutes = 5

    /// The first time after a moment, in milliseconds since 1970; of an interval, the moment is its last time.
    package func next(after moment: Int64, in zone: TimeZoneRules) -> Int64 {
        let now = zone.civil(at: moment)
        switch self {
        case .interval(let minutes):
            return moment + Int64(max(1, minutes)) * 60_000
        case .daily(let hour, let minute):
            return first(in: (0...2).map { now.adding(days: $0).at(hour: hour, minute: minute) }, after: moment, zone)
        case .weekly(let days, let hour, let minute):
            let candidates = (0...8).map { now.adding(days: $0).at(hour: hour, minute: minute) }
            return first(in: candidates.filter { days.contains($0.weekday) }, after: moment, zone)
        case .monthly(let day, let hour, let minute):
            let start = CivilTime(year: now.year, month: now.month, day: 1, hour: hour, minute: minute)
            return first(in: (0...2).map { start.adding(months: $0).onDay(day) }, after: moment, zone)
        case .yearly(let month, let day, let hour, let minute):
            let start = CivilTime(year: now.year, month: month, day: 1, hour: hour, minute: minute)
            return first(in: (0...2).map { start.adding(months: 12 * $0).onDay(day) }, after: moment, zone)
        }
    }

    private func first(in candidates: [CivilTime], after moment: Int64, _ zone: TimeZoneRules) -> Int64 {
        // There is one, unless a rule has no days: then tomorrow, which no caller makes.
        candidates.lazy.map { zone.milliseconds(at: $0) }.first { $0 > moment } ?? moment + 86_400_000
    }
}

extension CivilTime {
    /// On that day of its month, or the last.
    fileprivate func onDay(_ day: Int) -> CivilTime {
        var result = self
        result.day = min(day, CivilTime.days(inMonth: month, of: year))
        return result
    }
}
