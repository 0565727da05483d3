/// The days that usage and budgets count by: those of one clock, the same for all people.
package struct UsageCalendar: Sendable, Equatable {
    /// How far the clock is ahead of UTC, in milliseconds.
    private let offset: Int64
    private static let day: Int64 = 86_400_000

    package init(utcOffset: Duration) { offset = Int64(utcOffset / .milliseconds(1)) }

    /// Days since 1970 by this clock; `now` is in milliseconds since 1970, UTC.
    func day(at now: Int64) -> Int64 {
        let local = now + offset
        return local >= 0 ? local / Self.day : (local - Self.day + 1) / Self.day
    }

    /// When the day after `now`'s begins, in milliseconds since 1970, UTC.
    package func endOfDay(at now: Int64) -> Int64 { (day(at: now) + 1) * Self.day - offset }

    /// Such as `UTC+8` or `UTC-3:30`.
    package var name: String {
        let minutes = abs(offset) / 60_000
        let text = minutes % 60 == 0 ? "\(minutes / 60)" : "\(minutes / 60):\(minutes % 60)"
        return offset == 0 ? "UTC" : "UTC\(offset < 0 ? "-" : "+")\(text)"
    }

    /// Such as `2026-11-26`, of a day since 1970 in the Gregorian calendar (Hinnant, "chrono-compatible date algorithms").
    package static func name(ofDay day: Int64) -> String {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(dayOfMonth))"
    }
}
