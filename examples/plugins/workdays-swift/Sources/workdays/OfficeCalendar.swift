/// On which days an office works.
struct OfficeCalendar: Decodable {
    /// Days of the week without work: 1 is Monday, 7 is Sunday.
    let weekend: Set<Int>
    /// Further days without work.
    let holidays: Set<Day>
    /// Days of a weekend that are worked nevertheless.
    let extraWorkdays: Set<Day>

    private enum Member: String, CodingKey {
        case weekend, holidays
        case extraWorkdays = "extra_workdays"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Member.self)
        weekend = try container.decodeIfPresent(Set<Int>.self, forKey: .weekend) ?? [6, 7]
        func days(_ member: Member) throws -> Set<Day> {
            Set(
                try (container.decodeIfPresent([String].self, forKey: member) ?? []).map { text in
                    guard let day = Day(text) else {
                        throw DecodingError.dataCorruptedError(
                            forKey: member,
                            in: container,
                            debugDescription: "\(text) is no day"
                        )
                    }
                    return day
                }
            )
        }
        holidays = try days(.holidays)
        extraWorkdays = try days(.extraWorkdays)
    }

    func isWorkday(_ day: Day) -> Bool {
        extraWorkdays.contains(day) || !weekend.contains(day.weekday) && !holidays.contains(day)
    }

    /// How many days of work there are from one day to another, both included.
    func workdays(in days: ClosedRange<Day>) -> Int {
        (days.lowerBound.number...days.upperBound.number).count { isWorkday(Day(number: $0)) }
    }

    /// The day that is so many days of work later; nil where there is none within ten years.
    func day(_ workdays: Int, after start: Day) -> Day? {
        var left = workdays
        for distance in 1...3_660 {
            let day = start.advanced(by: distance)
            if isWorkday(day) { left -= 1 }
            if left == 0 { return day }
        }
        return nil
    }
}
