/// A day of the Gregorian calendar.
struct Day: Hashable, Comparable, CustomStringConvertible {
    /// Since 1970-01-01.
    let number: Int

    init(number: Int) { self.number = number }

    /// Reads `2026-12-01`, and the same with `/` or `.`; nil where there is no such day in the years 1900 to 2199.
    init?(_ text: some StringProtocol) {
        let parts = text.split(omittingEmptySubsequences: false) { "-/.".contains($0) }
        guard parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            (1900...2199).contains(year), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        number = Self.number(year, month, day)
        // The 31st of a shorter month is a day of the next.
        guard date == (year, month, day) else { return nil }
    }

    /// 1 is Monday, 7 is Sunday.
    var weekday: Int { ((number + 3) % 7 + 7) % 7 + 1 }

    var description: String {
        let (year, month, day) = date
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
    }

    func advanced(by days: Int) -> Day { Day(number: number + days) }

    static func < (left: Day, right: Day) -> Bool { left.number < right.number }

    /// Years that begin in March have their leap day at the end, which makes the months regular.
    private static func number(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let years = month > 2 ? year : year - 1
        let days = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return years * 365 + years / 4 - years / 100 + years / 400 + days - 719_468
    }

    private var date: (year: Int, month: Int, day: Int) {
        let days = number + 719_468
        var years = days / 366
        while Self.number(years + 1, 3, 1) <= number { years += 1 }
        let rest = days - (years * 365 + years / 4 - years / 100 + years / 400)
        let month = (5 * rest + 2) / 153
        return (month < 10 ? years : years + 1, month < 10 ? month + 3 : month - 9, rest - (153 * month + 2) / 5 + 1)
    }
}
