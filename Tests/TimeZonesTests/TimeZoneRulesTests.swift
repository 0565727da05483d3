import Foundation
import Testing

@testable import TimeZones

@Suite("Clocks of a place")
struct TimeZoneRulesTests {
    @Test(
        "agree with the system's for every week of a century, after the last change that the file names, too",
        arguments: [
            "Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Sydney", "America/Sao_Paulo",
            "Asia/Kolkata",
            "UTC", "Pacific/Apia", "Africa/Casablanca",
        ]
    )
    func offsets(_ name: String) throws {
        let rules = try #require(TimeZoneRules(named: name))
        let zone = try #require(TimeZone(identifier: name))
        // 1950 to 2037; what is later, Foundation reads from elsewhere.
        for seconds in stride(from: -631_152_000, to: 2_114_380_800, by: 604_800 + 3_571) {
            let expected = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
            #expect(rules.offset(at: seconds) == expected, "\(seconds)")
        }
    }

    @Test("go on by their rule for ever")
    func rule() throws {
        let rule = try #require(PosixTimeZone("CET-1CEST,M3.5.0,M10.5.0/3"))
        // 2059-03-30 is the last Sunday of March: clocks go ahead at 01:00 UTC, and back on 2059-10-26.
        let march = CivilTime(year: 2059, month: 3, day: 30, hour: 1).secondsSince1970
        let october = CivilTime(year: 2059, month: 10, day: 26, hour: 1).secondsSince1970
        #expect([march - 1, march, october - 1, october].map(rule.offset) == [3_600, 7_200, 7_200, 3_600])
        let south = try #require(PosixTimeZone("AEST-10AEDT,M10.1.0,M4.1.0/3"))
        #expect(south.offset(at: CivilTime(year: 2059, month: 1, day: 1).secondsSince1970) == 39_600)
        #expect(south.offset(at: CivilTime(year: 2059, month: 7, day: 1).secondsSince1970) == 36_000)
        #expect(PosixTimeZone("<+0330>-3:30")?.offset(at: 0) == 12_600)
        for broken in ["", "CET", "CET-1CEST", "CET-1CEST,J60,J300", "C-1", "CET-1CEST,M13.5.0,M10.5.0", "CET-999"] {
            #expect(PosixTimeZone(broken) == nil, "\(broken)")
        }
    }

    @Test("find the moment of a time, also where clocks change")
    func moments() throws {
        let berlin = try #require(TimeZoneRules(named: "Europe/Berlin"))
        func hour(_ civil: CivilTime) -> Double { Double(berlin.milliseconds(at: civil)) / 3_600_000 }
        let spring = CivilTime(year: 2026, month: 3, day: 29)
        // Between two and three there is nothing.
        #expect(hour(spring.at(hour: 3, minute: 0)) - hour(spring.at(hour: 1, minute: 0)) == 1)
        #expect(hour(spring.at(hour: 2, minute: 30)) - hour(spring.at(hour: 1, minute: 0)) == 1.5)
        let autumn = CivilTime(year: 2026, month: 10, day: 25)
        #expect(hour(autumn.at(hour: 3, minute: 0)) - hour(autumn.at(hour: 2, minute: 0)) == 2)
        for seconds in stride(from: 1_700_000_000, to: 1_800_000_000, by: 86_400 * 3 + 7_200) {
            let civil = berlin.civil(at: Int64(seconds) * 1_000)
            #expect(berlin.milliseconds(at: civil) == Int64(seconds / 60 * 60) * 1_000)
        }
    }

    @Test(
        "of a name that is none, or leads elsewhere, are not there",
        arguments: ["", "Mars/Base", "../../etc/passwd", "/etc/hosts", "Asia"]
    )
    func unknown(_ name: String) {
        #expect(TimeZoneRules(named: name) == nil)
    }

    @Test("of a broken file are not there")
    func broken() throws {
        let file = [UInt8](try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Europe/Berlin")))
        for length in stride(from: 0, to: file.count - 40, by: 13) {
            #expect(TimeZoneRules(name: "x", file: Array(file[..<length])) == nil)
        }
        #expect(TimeZoneRules(name: "x", file: [UInt8](repeating: 0xFF, count: 500)) == nil)
    }

    @Test("calendar days are counted right over four centuries")
    func calendar() {
        var day = CivilTime(year: 1899, month: 12, day: 31)
        var previous = day.daysSince1970
        var weekday = day.weekday
        #expect(weekday == 7)
        while day.year < 2301 {
            day = day.adding(days: 1)
            #expect(day.isValid && day.daysSince1970 == previous + 1 && day.weekday == weekday % 7 + 1)
            (previous, weekday) = (day.daysSince1970, day.weekday)
        }
        #expect(CivilTime(year: 2026, month: 1, day: 31).adding(months: 1) == CivilTime(year: 2026, month: 2, day: 28))
        #expect(
            CivilTime(year: 2026, month: 1, day: 15).adding(months: -1) == CivilTime(year: 2025, month: 12, day: 15)
        )
    }
}
