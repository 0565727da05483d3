import JobQueue
import Testing
import TimeZones

@testable import Assistant

@Suite("The times of rules")
struct RuleScheduleTests {
    /// Years with and without a leap day.
    private static let start: Int64 = 1_798_761_600_000
    private static let end: Int64 = start + 1_500 * 86_400_000

    @Test(
        "are those of the calendar, over four years, in zones with and without daylight saving",
        arguments: ["Asia/Shanghai", "Europe/Berlin", "America/New_York"]
    )
    func calendar(zone name: String) throws {
        let zone = try #require(TimeZoneRules(named: name))
        let monthly = (1...31).map { day in
            ("schedule: monthly, day: \(day)", Recurrence.monthly(day: day, hour: 9, minute: 30))
        }
        let weekly = [[1], [7], [1, 2, 3, 4, 5], [3, 6], [7, 1]].map { days in
            let names = days.map { ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][$0 - 1] }.joined(separator: ", ")
            return ("schedule: weekly, days: [\(names)]", Recurrence.weekly(days: days, hour: 9, minute: 30))
        }
        let daily = [("schedule: daily", Recurrence.daily(hour: 9, minute: 30))]
        for (when, recurrence) in daily + weekly + monthly {
            let yaml = """
                rules: [{name: r, app: cli_1, on: {\(when), at: "09:30", time_zone: \(name)}, steps: [{say: {chat: oc_1, text: x}}]}]
                """
            guard case .schedule(let schedule) = try Rules(yaml: yaml, zone: .shanghai).rules[0].trigger else {
                Issue.record("another trigger")
                return
            }
            var time = Self.start
            while time < Self.end {
                let expected = recurrence.next(after: time, in: zone)
                let found = schedule.next(after: WireTime(milliseconds: time))?.milliseconds
                guard found == expected else {
                    Issue.record("\(when) after \(time): \(found ?? 0), not \(expected)")
                    return
                }
                time = expected
            }
        }
    }
}
