import TimePhrases
import TimeZones

extension TimeParts {
    /// Why words name no moment.
    struct Unreadable: Error {
        let problem: ReminderPhrase.Problem

        init(_ problem: ReminderPhrase.Problem) { self.problem = problem }
    }

    /// The moment that is meant, in milliseconds since 1970, and how it comes again.
    func resolve(
        now: Int64,
        in zone: TimeZoneRules
    ) throws(Unreadable) -> (first: Int64, recurrence: Recurrence?) {
        if let repeats { return try resolve(repeats, now: now, in: zone) }
        if let delay {
            guard delay > 0 else { throw Unreadable(.past) }
            return (now + Int64(delay) * 1_000, nil)
        }
        guard let (hour, minute) = time(), hour <= 24 else { throw Unreadable(.noSuchTime) }
        let today = zone.civil(at: now)
        func moment(_ day: CivilTime, _ hour: Int) throws(Unreadable) -> Int64 {
            // Midnight at the end of the day.
            let time = hour == 24 ? day.adding(days: 1).at(hour: 0, minute: minute) : day.at(hour: hour, minute: minute)
            guard time.isValid else { throw Unreadable(.noSuchTime) }
            return zone.milliseconds(at: time)
        }
        guard let day = day(from: today, hour: hour, minute: minute) else { throw Unreadable(.noSuchTime) }
        let first = try moment(day, hour)
        if first > now { return (first, nil) }
        switch self.day {
        case nil:
            // `三点` at ten is three in the afternoon; at four, tomorrow.
            if !isExact, period == nil, let said = self.hour, said < 12 {
                let later = try moment(today, said + 12)
                if later > now { return (later, nil) }
            }
            return (try moment(today.adding(days: 1), hour), nil)
        case .offset(0) where !isExact && period == nil && (self.hour ?? 12) < 12:
            let later = try moment(today, (self.hour ?? 0) + 12)
            guard later > now else { throw Unreadable(.past) }
            return (later, nil)
        default: throw Unreadable(.past)
        }
    }

    private func resolve(
        _ repeats: Repeats,
        now: Int64,
        in zone: TimeZoneRules
    ) throws(Unreadable) -> (first: Int64, recurrence: Recurrence?) {
        if case .interval(let minutes) = repeats {
            guard minutes >= Recurrence.leastMinutes else { throw Unreadable(.tooOften) }
            guard minutes <= ReminderPhrase.maximumDays * 1_440 else { throw Unreadable(.tooFar) }
            // `每3天早上9点` begins at that time; without one, an interval from now.
            guard minutes % 1_440 == 0, hour != nil || period != nil else {
                let rule = Recurrence.interval(minutes: minutes)
                return (rule.next(after: now, in: zone), rule)
            }
        }
        guard let (hour, minute) = time(), (0...24).contains(hour) else { throw Unreadable(.noSuchTime) }
        let clock = hour == 24 ? 0 : hour
        let rule: Recurrence =
            switch repeats {
            case .interval(let minutes): .interval(minutes: minutes)
            case .daily: .daily(hour: clock, minute: minute)
            case .weekly(let days): .weekly(days: days, hour: clock, minute: minute)
            case .monthly(let day): .monthly(day: day, hour: clock, minute: minute)
            case .yearly(let month, let day): .yearly(month: month, day: day, hour: clock, minute: minute)
            }
        if case .yearly(let month, let day) = repeats, day > CivilTime.days(inMonth: month, of: 2_000) {
            throw Unreadable(.noSuchTime)
        }
        if case .interval = rule {
            return (Recurrence.daily(hour: clock, minute: minute).next(after: now, in: zone), rule)
        }
        return (rule.next(after: now, in: zone), rule)
    }
}
