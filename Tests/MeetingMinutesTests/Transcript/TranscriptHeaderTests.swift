import MeetingMinutes
import Testing
import TimeZones

@Suite("What a transcript says of its meeting")
struct TranscriptHeaderTests {
    private func parse(header: String) -> Transcript {
        TranscriptParser().parse(header + "\n\n甲乙 00:00:01\n开始\n\n丙丁 00:00:09\n好\n\n甲乙 00:00:12\n散会\n")
    }

    @Test(
        "the day is a day of the calendar where the words say which",
        arguments: [
            ("周会\n2026年11月20日 09:30｜时长 18分钟", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\n2026-11-20 10:00", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\nDate: 2026/1/5", CivilTime(year: 2026, month: 1, day: 5)),
            ("会议时间：2026.11.20 周五下午三点", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\nFriday, November 20th, 2026", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\n20 Nov 2026, 3 PM", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\nDate: 20th of November 2026", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\nDate: 20261120", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\nDate: 20/11/2026", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\nDate: 11/20/2026", CivilTime(year: 2026, month: 11, day: 20)),
            ("Weekly\nDate: 4/4/2026", CivilTime(year: 2026, month: 4, day: 4)),
        ]
    )
    func days(header: String, day: CivilTime) {
        #expect(parse(header: header).day == day)
    }

    @Test(
        "a date that may be several days, or none, is kept in words alone",
        arguments: ["日期：3/4/2026", "时间：11月20日 10:00", "Date: 2026-02-30", "时间：下周三", "Date: 2026-13-01"]
    )
    func unclear(header: String) {
        let transcript = parse(header: header)
        #expect(transcript.day == nil)
        #expect(transcript.date != nil)
    }

    @Test("a title beside the date is the title")
    func titleWithDate() {
        let transcript = parse(header: "# 产品周会（2026-11-20）")
        #expect(transcript.title == "产品周会")
        #expect(transcript.day == CivilTime(year: 2026, month: 11, day: 20))
    }

    @Test(
        "attendees are people, whatever stands between and behind them",
        arguments: [
            ("参会人：张三（市场部）、李四(主持人)、王五等5人", ["张三", "李四", "王五"]),
            ("参会人：\n- 张三\n- 李四", ["张三", "李四"]),
            ("与会人员：张三 李四", ["张三", "李四"]),
            ("Attendees: Ann Lee (PM), Bob Ray and Cy Young", ["Ann Lee", "Bob Ray", "Cy Young"]),
            ("Participants: Ann Lee", ["Ann Lee"]),
        ]
    )
    func attendees(header: String, expected: [String]) {
        let transcript = parse(header: header)
        #expect(transcript.attendees == expected)
        #expect(transcript.people == ["甲乙", "丙丁"] + expected)
    }
}
