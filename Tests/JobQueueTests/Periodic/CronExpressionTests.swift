import Testing
import TimeZones

@testable import JobQueue

/// What five fields mean; check_cron.py compares far more of them with another implementation.
@Suite("Cron expressions")
struct CronExpressionTests {
    private func times(_ expression: String, _ zone: String, after start: String, _ count: Int) throws -> [String] {
        let schedule = try Schedule.cron(expression, zone: zone)
        var time = try #require(WireTime(start))
        var found: [String] = []
        for _ in 0..<count {
            time = try #require(schedule.next(after: time))
            found.append(String(time.text.prefix(16)))
        }
        return found
    }

    @Test("lists, ranges, steps, names and ranges over the end mean what they say")
    func fields() throws {
        #expect(
            try times("0,30 9-10 * * 1-5", "Asia/Shanghai", after: "2026-11-27T10:29:00+08:00", 3)
                == ["2026-11-27T02:30", "2026-11-30T01:00", "2026-11-30T01:30"]
        )
        #expect(
            try times("*/20 23 * DEC fri-MON", "UTC", after: "2026-12-03T00:00:00Z", 4)
                == ["2026-12-04T23:00", "2026-12-04T23:20", "2026-12-04T23:40", "2026-12-05T23:00"]
        )
        #expect(
            try times("5/25 0 1 1 *", "UTC", after: "2026-06-01T00:00:00Z", 2) == [
                "2027-01-01T00:05", "2027-01-01T00:30",
            ]
        )
        #expect(try times("0 0 * * 7", "UTC", after: "2026-11-26T00:00:00Z", 1) == ["2026-11-29T00:00"])
    }

    @Test("where both days are given either will do, and L is the last of the month")
    func days() throws {
        #expect(
            try times("0 0 13 * fri", "UTC", after: "2026-11-08T00:00:00Z", 4)
                == ["2026-11-13T00:00", "2026-11-20T00:00", "2026-11-27T00:00", "2026-12-04T00:00"]
        )
        #expect(
            try times("0 12 L * *", "UTC", after: "2027-12-31T12:00:00Z", 3)
                == ["2028-01-31T12:00", "2028-02-29T12:00", "2028-03-31T12:00"]
        )
        #expect(
            try times("0 12 30L 1-4 *", "UTC", after: "2026-12-31T12:00:00Z", 4)
                == ["2027-01-30T12:00", "2027-02-28T12:00", "2027-03-30T12:00", "2027-04-30T12:00"]
        )
        #expect(
            try times("0 0 15,31l * *", "UTC", after: "2028-02-01T00:00:00Z", 3)
                == ["2028-02-15T00:00", "2028-02-29T00:00", "2028-03-15T00:00"]
        )
        #expect(try times("0 0 29 2 *", "UTC", after: "2096-03-01T00:00:00Z", 1) == ["2104-02-29T00:00"])
    }

    @Test(
        "names stand for their fields",
        arguments: ["@hourly": "0 * * * *", "@Daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@yearly": "0 0 1 1 *"]
    )
    func named(name: String, fields: String) throws {
        let start = "2026-11-26T01:02:03Z"
        #expect(try times(name, "UTC", after: start, 3) == times(fields, "UTC", after: start, 3))
    }

    @Test("a time that clocks leave out happens at the moment after it, once")
    func gap() throws {
        // Berlin leaves out 02:00 to 03:00 on 29 March 2026; 03:00 is 01:00 UTC.
        for expression in ["30 2 * * *", "0,15 2 * * *", "0 2,3 29 3 *", "*/10 2 29 3 *"] {
            let found = try times(expression, "Europe/Berlin", after: "2026-03-28T12:00:00Z", 2)
            #expect(found[0] == "2026-03-29T01:00", "\(expression)")
            #expect(found[1] > "2026-03-29T23", "\(expression)")
        }
        // Santiago's day begins at 01:00 where clocks are set at midnight.
        #expect(
            try times("0 0 * * *", "America/Santiago", after: "2026-09-05T12:00:00Z", 2)
                == ["2026-09-06T04:00", "2026-09-07T03:00"]
        )
        // What means every hour follows time itself.
        #expect(
            try times("30 * * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z", 3)
                == ["2026-03-29T00:30", "2026-03-29T01:30", "2026-03-29T02:30"]
        )
    }

    @Test("a time that clocks show twice happens once, but in both hours where it means every hour")
    func repetition() throws {
        // Berlin shows 02:00 to 03:00 twice on 25 October 2026, from 00:00 UTC on.
        #expect(
            try times("30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z", 2)
                == ["2026-10-25T00:30", "2026-10-26T01:30"]
        )
        // Also where it is asked in the second of the hours.
        #expect(try times("30 2 * * *", "Europe/Berlin", after: "2026-10-25T01:10:00Z", 1) == ["2026-10-26T01:30"])
        #expect(
            try times("30 * * * *", "Europe/Berlin", after: "2026-10-25T00:00:00Z", 3)
                == ["2026-10-25T00:30", "2026-10-25T01:30", "2026-10-25T02:30"]
        )
        // Half an hour comes twice on Lord Howe: 01:30 to 02:00, from 14:30 UTC on.
        #expect(
            try times("*/15 * * * *", "Australia/Lord_Howe", after: "2026-04-04T14:30:00Z", 4)
                == ["2026-04-04T14:45", "2026-04-04T15:00", "2026-04-04T15:15", "2026-04-04T15:30"]
        )
    }

    @Test(
        "what is none is refused with a word on which field it is",
        arguments: [
            ("* * * *", "five fields"), ("60 * * * *", "minute"), ("* 24 * * *", "hour"), ("* * 0 * *", "day of month"),
            ("* * * nov-foo *", "month"), ("* * * * 8", "day of week"), ("*/0 * * * *", "step"),
            ("fri-mon * * * *", "minute"),
            ("* * * * fri-mon/2", "takes no step"), ("@reboot", "@daily"), ("0 0 31 2 *", "never"),
            ("0 0 30-31 feb *", "never"), ("1,,2 * * * *", "minute"), ("+1 * * * *", "minute"),
            ("\u{1B}[7m * * * *", "·[7m"), (String(repeating: "1,", count: 200), "256 characters"),
        ]
    )
    func refused(expression: String, word: String) {
        let problem = #expect(throws: ScheduleProblem.self) { try CronExpression(expression) }
        #expect(problem?.field == "cron")
        #expect(problem?.explanation.contains(word) == true, "\(problem?.explanation ?? "")")
    }

    @Test("a zone that this machine does not know is refused by its name")
    func zone() {
        let problem = #expect(throws: ScheduleProblem.self) { try Schedule.cron("@daily", zone: "Mars/Base") }
        #expect(problem?.field == "zone")
        #expect(problem?.explanation.contains("Mars/Base") == true)
    }

    @Test("an interval is counted from its anchor, whenever it is asked")
    func interval() throws {
        let schedule = try Schedule.interval(.seconds(10))
        func next(_ time: Int64, _ anchor: Int64?) -> Int64? {
            schedule.next(
                after: WireTime(milliseconds: time),
                anchor: anchor.map { WireTime(milliseconds: $0) }
            )?.milliseconds
        }
        #expect([0, 1, 9_999, 10_000].map { next($0, nil) } == [10_000, 10_000, 10_000, 20_000])
        #expect([2_999, 3_000, 3_001].map { next($0, 3_000) } == [3_000, 13_000, 13_000])
        #expect([-1, -10_000, -10_001].map { next($0, nil) } == [0, 0, -10_000])
        for wrong in [Duration.zero, .milliseconds(1_500), .seconds(-1), .seconds(40_000_000)] {
            #expect(throws: ScheduleProblem.self) { try Schedule.interval(wrong) }
        }
    }
}
