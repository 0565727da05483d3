import Testing
import TimePhrases
import TimeZones

/// A Friday.
private let today = CivilTime(year: 2026, month: 11, day: 20)

@Suite("Words of time in a meeting")
struct DayPhraseTests {
    private func phrases(_ text: String) -> [DayPhrase] {
        DayPhrase.all(in: PhraseScanner(text, joinsDigits: true), seenFrom: today)
    }

    private func date(_ day: CivilTime?) -> String {
        guard let day else { return "-" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(day.year)-\(two(day.month))-\(two(day.day))"
    }

    private static let chineseRows: [(String, String)] = [
        ("今天", "2026-11-20"), ("明天下班前", "2026-11-21"), ("后天", "2026-11-22"), ("大后天", "2026-11-23"),
        ("昨天", "2026-11-19"),
        ("前天", "2026-11-18"), ("大前天", "2026-11-17"), ("今晚", "2026-11-20"), ("明早九点", "2026-11-21"),
        ("下周三", "2026-11-25"),
        ("下周三前", "2026-11-25"), ("本周五前", "2026-11-20"), ("周三之前", "2026-11-25"), ("星期五", "2026-11-20"),
        ("下下周一", "2026-11-30"), ("上周五", "2026-11-13"), ("上周三", "2026-11-11"), ("礼拜天", "2026-11-22"),
        ("月底", "2026-11-30"), ("月底前", "2026-11-30"), ("本月底", "2026-11-30"), ("下月底", "2026-12-31"),
        ("下个月", "2026-12-31"),
        ("下个月初", "2026-12-10"), ("11月底", "2026-11-30"), ("十一月底", "2026-11-30"), ("12月中旬", "2026-12-21"),
        ("下个月3号", "2026-12-03"), ("11月20日", "2026-11-20"), ("十二月四号", "2026-12-04"), ("12月3日前", "2026-12-03"),
        ("二十七号", "2026-11-27"), ("20号", "2026-11-20"), ("15号", "2026-12-15"), ("2026-11-25", "2026-11-25"),
        ("2026年12月1日", "2026-12-01"), ("2026/12/1", "2026-12-01"), ("三天内", "2026-11-23"), ("3 天内", "2026-11-23"),
        ("两周内", "2026-12-04"), ("两周之内", "2026-12-04"), ("一个月内", "2026-12-20"), ("半个月内", "2026-12-05"),
        ("五个工作日内", "2026-11-27"), ("三天后", "2026-11-23"), ("两周之后", "2026-12-04"), ("三天前", "2026-11-17"),
        ("年底", "2026-12-31"), ("年底前", "2026-12-31"), ("明年三月", "2027-03-31"), ("明年3月5号", "2027-03-05"),
        ("明年年底", "2027-12-31"), ("2027年", "2027-12-31"), ("二零二七年六月", "2027-06-30"), ("季度末", "2026-12-31"),
        ("本季度", "2026-12-31"), ("下季度", "2027-03-31"), ("第四季度", "2026-12-31"), ("Q4", "2026-12-31"),
        ("下半年", "2026-12-31"),
        ("本周", "2026-11-20"), ("本周内", "2026-11-20"), ("下周", "2026-11-27"), ("下周前", "2026-11-22"),
        ("周末", "2026-11-22"),
        ("下周末", "2026-11-29"), ("上个月", "2026-10-31"), ("1月5日", "2027-01-05"), ("10月8日", "2027-10-08"),
        ("第一季度", "2027-03-31"), ("下周三中午十二点", "2026-11-25"), ("１２月３日", "2026-12-03"),
    ]

    @Test(
        "name the day on which something is due, in Chinese",
        arguments: Self.chineseRows
    )
    func chinese(text: String, expected: String) {
        #expect(date(phrases(text).first?.dueDay(seenFrom: today)) == expected)
        #expect(phrases("那就" + text + "完成吧").count == 1, "one in a sentence")
    }

    private static let englishRows: [(String, String)] = [
        ("today", "2026-11-20"), ("tomorrow", "2026-11-21"), ("the day after tomorrow", "2026-11-22"),
        ("yesterday", "2026-11-19"), ("the day before yesterday", "2026-11-18"), ("tonight", "2026-11-20"),
        ("next Wednesday", "2026-11-25"), ("by Wednesday", "2026-11-25"), ("by Wednesday noon", "2026-11-25"),
        ("on Friday", "2026-11-20"), ("this Friday", "2026-11-20"), ("last Friday", "2026-11-13"),
        ("last Monday", "2026-11-16"), ("next week", "2026-11-27"), ("before next week", "2026-11-22"),
        ("this week", "2026-11-20"), ("the week after next", "2026-12-04"), ("end of the month", "2026-11-30"),
        ("by the end of the week", "2026-11-20"), ("end of next month", "2026-12-31"),
        ("the end of this year", "2026-12-31"),
        ("EOD", "2026-11-20"), ("EOM", "2026-11-30"), ("within three days", "2026-11-23"),
        ("in two weeks", "2026-12-04"),
        ("in a couple of weeks", "2026-12-04"), ("in a month", "2026-12-20"), ("three days ago", "2026-11-17"),
        ("two weeks from now", "2026-12-04"), ("within five business days", "2026-11-27"),
        ("in 3 days", "2026-11-23"),
        ("Nov 25", "2026-11-25"), ("November 25th", "2026-11-25"), ("25 November", "2026-11-25"),
        ("the 25th", "2026-11-25"),
        ("the 25th of November", "2026-11-25"), ("November twenty-fifth", "2026-11-25"),
        ("the twentieth of December", "2026-12-20"), ("the twentieth", "2026-11-20"),
        ("December 3, 2026", "2026-12-03"),
        ("December 2026", "2026-12-31"), ("early December", "2026-12-10"), ("mid December", "2026-12-21"),
        ("in March", "2027-03-31"), ("next March", "2027-03-31"), ("Q1", "2027-03-31"),
        ("next quarter", "2027-03-31"),
        ("the fourth quarter", "2026-12-31"), ("next year", "2027-12-31"), ("2026-11-25", "2026-11-25"),
        ("Wed", "2026-11-25"), ("on Jan 5", "2027-01-05"), ("next month", "2026-12-31"),
    ]

    @Test(
        "name the day on which something is due, in English",
        arguments: Self.englishRows
    )
    func english(text: String, expected: String) {
        #expect(date(phrases(text).first { $0.span != nil }?.dueDay(seenFrom: today)) == expected)
        #expect(!phrases("We ship it " + text + " or so").isEmpty)
    }

    @Test(
        "name a time of day",
        arguments: [
            ("下午三点", 900), ("三点半", 930), ("明天10:30", 630), ("by 3pm", 900), ("at 10:30 am", 630), ("下周三中午十二点", 720),
            ("Wednesday noon", 720), ("上午九点一刻", 555), ("next week at 15:00", 900),
        ]
    )
    func times(text: String, minute: Int) {
        #expect(phrases(text).compactMap(\.minute) == [minute])
    }

    @Test(
        "are not in every number and word",
        arguments: [
            "我们一起看一下这个方案", "I may go there and march on", "the second option", "we sat down in the sun", "他在3号楼",
            "版本 1.5.2",
            "一些问题还不清楚", "V2 and A5", "the first thing", "十分重要", "It took 20 people", "",
        ]
    )
    func none(text: String) {
        #expect(phrases(text).filter { $0.span != nil } == [])
    }

    private static let showingRows: [(String, String, Bool)] = [
        ("下周三", "2026-11-25", true), ("下周三", "11月25日", true), ("下周三", "下周", true), ("下周三", "周三", true),
        ("下周", "下周三", false), ("周三", "下周四", false), ("next Wednesday", "下周三", true), ("月底", "11月30日", true),
        ("end of the month", "Nov 30", true), ("三天内", "11月23日", true), ("11月20日", "20号", true),
        ("20号", "11月20日", true),
        ("11月20日", "11月21日", false), ("明天", "tomorrow", true), ("明天", "后天", false), ("三点", "15:00", true),
        ("下午三点", "3 pm", true), ("上午三点", "15:00", false), ("十点", "10:30", false), ("2026年11月25日", "11月25日", true),
        ("11月", "11月20日", false), ("11月20日", "11月", true), ("每周一", "每周一", true), ("每周一", "每周二", false),
    ]

    @Test(
        "show what others say of the same day",
        arguments: Self.showingRows
    )
    func showing(said: String, claimed: String, expected: Bool) throws {
        let claim = try #require(phrases(claimed).first)
        #expect(phrases(said).contains { $0.shows(claim, isDated: true) } == expected)
    }

    @Test("without the meeting's day, what is relative says nothing of a date")
    func undated() throws {
        let claim = try #require(phrases("2026-11-25").first)
        #expect(!phrases("下周三").contains { $0.shows(claim, isDated: false) })
        #expect(phrases("11月25日").contains { $0.shows(claim, isDated: false) })
        let wednesday = try #require(phrases("next Wednesday").first)
        #expect(phrases("下周三").contains { $0.shows(wednesday, isDated: false) })
    }
}
