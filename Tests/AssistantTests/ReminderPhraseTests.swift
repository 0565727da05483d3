import LanguageModel
import Testing
import TimeZones

@testable import Assistant

/// Thursday, 26 November 2026, 10:20 in Shanghai.
private let now = TimeZoneRules.shanghai.milliseconds(
    at: CivilTime(year: 2026, month: 11, day: 26, hour: 10, minute: 20)
)

@Suite("Reminders in words")
struct ReminderPhraseTests {
    private func read(_ text: String) -> String {
        let zone = TimeZoneRules.shanghai
        func time(_ milliseconds: Int64) -> String {
            let time = zone.civil(at: milliseconds)
            func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
            return "\(time.year)-\(two(time.month))-\(two(time.day)) \(two(time.hour)):\(two(time.minute))"
        }
        switch ReminderPhrase(text, now: now, in: zone) {
        case .once(let due, let what): return "\(time(due)) \(what)"
        case .repeating(let rule, let first, let what):
            return "\(TimeWords(.english, zone).rule(rule)), \(time(first)) \(what)"
        case .problem(let problem): return "\(problem)"
        }
    }

    @Test(
        "are understood in Chinese: once",
        arguments: [
            ("明天下午三点提醒我提交周报", "2026-11-27 15:00 提交周报"),
            ("半小时后叫我", "nothingToSay"),
            ("半小时后叫我开会", "2026-11-26 10:50 开会"),
            ("提醒我明天上午10:30和Bob开会", "2026-11-27 10:30 和Bob开会"),
            ("请帮我提醒一下我后天早上8点半交房租", "2026-11-28 08:30 交房租"),
            ("20分钟后提醒我关火", "2026-11-26 10:40 关火"),
            ("一个半小时后提醒我喝水", "2026-11-26 11:50 喝水"),
            ("1小时30分钟后提醒我喝水", "2026-11-26 11:50 喝水"),
            ("过十分钟叫我", "nothingToSay"),
            ("再过十五分钟叫我起来活动", "2026-11-26 10:35 起来活动"),
            ("三天后提醒我续费", "2026-11-29 10:20 续费"),
            ("下周一上午九点提醒大家开例会", "2026-11-30 09:00 开例会"),
            ("下周四下午2点提醒我评审", "2026-12-03 14:00 评审"),
            ("周五下午5点提醒我发周报", "2026-11-27 17:00 发周报"),
            ("周四上午9点提醒我发周报", "2026-12-03 09:00 发周报"),
            ("周四下午4点提醒我发周报", "2026-11-26 16:00 发周报"),
            ("这周六提醒我给妈妈打电话", "2026-11-28 09:00 给妈妈打电话"),
            ("12月3日上午10点提醒我体检", "2026-12-03 10:00 体检"),
            ("1月5号提醒我报税", "2027-01-05 09:00 报税"),
            ("2027年2月14日晚上7点提醒我吃饭", "2027-02-14 19:00 吃饭"),
            ("2026-12-01 15:00 提醒我 发版", "2026-12-01 15:00 发版"),
            ("15号提醒我还信用卡", "2026-12-15 09:00 还信用卡"),
            ("下个月3号下午三点半提醒我复查", "2026-12-03 15:30 复查"),
            ("今晚8点提醒我看球", "2026-11-26 20:00 看球"),
            ("今晚提醒我收衣服", "2026-11-26 20:00 收衣服"),
            ("明早7点叫我起床", "2026-11-27 07:00 起床"),
            ("三点提醒我取快递", "2026-11-26 15:00 取快递"),
            ("11点提醒我订餐", "2026-11-26 11:00 订餐"),
            ("9点提醒我打卡", "2026-11-26 21:00 打卡"),
            ("明天三点提醒我取快递", "2026-11-27 15:00 取快递"),
            ("明天03:00提醒我看发射", "2026-11-27 03:00 看发射"),
            ("中午12点提醒我吃饭", "2026-11-26 12:00 吃饭"),
            ("晚上12点提醒我抢票", "2026-11-27 00:00 抢票"),
            ("凌晨1点提醒我检查备份", "2026-11-27 01:00 检查备份"),
            ("下午两点三刻提醒我接孩子", "2026-11-26 14:45 接孩子"),
            ("明天下午３：３０提醒我交周报", "2026-11-27 15:30 交周报"),
            ("明天 下午 三点 交周报", "2026-11-27 15:00 交周报"),
            ("下周五的会要准备PPT，周四下午提醒我", "2026-11-26 15:00 下周五的会要准备PPT"),
            ("明天下午三点，提醒我提交2026年3月的报表。", "2026-11-27 15:00 提交2026年3月的报表"),
        ]
    )
    func chineseOnce(_ text: String, _ expected: String) {
        #expect(read(text) == expected)
    }

    @Test(
        "are understood in Chinese: again and again",
        arguments: [
            ("每周一早上9点提醒我们开例会", "every Monday at 09:00, 2026-11-30 09:00 开例会"),
            ("每天晚上10点提醒我写日记", "every day at 22:00, 2026-11-26 22:00 写日记"),
            ("每天提醒我喝水", "every day at 09:00, 2026-11-27 09:00 喝水"),
            ("每个工作日早上9点半提醒我站会", "every weekday at 09:30, 2026-11-27 09:30 站会"),
            ("每周一、三、五下午6点提醒我健身", "every Monday, Wednesday, Friday at 18:00, 2026-11-27 18:00 健身"),
            ("每周二和周四上午10点提醒我同步进度", "every Tuesday, Thursday at 10:00, 2026-12-01 10:00 同步进度"),
            ("每周一到周五晚上7点提醒我写日报", "every weekday at 19:00, 2026-11-26 19:00 写日报"),
            ("每月15号提醒我还信用卡", "every month on day 15 at 09:00, 2026-12-15 09:00 还信用卡"),
            ("每月31日下午5点提醒我结账", "every month on day 31 at 17:00, 2026-11-30 17:00 结账"),
            ("每年3月8日提醒我买花", "every year on 03-08 at 09:00, 2027-03-08 09:00 买花"),
            ("每小时提醒我站起来", "every hour, 2026-11-26 11:20 站起来"),
            ("每隔30分钟提醒我喝水", "every 30 minutes, 2026-11-26 10:50 喝水"),
            ("每2小时提醒我看邮件", "every 2 hours, 2026-11-26 12:20 看邮件"),
            ("提醒我每天早上8点吃药", "every day at 08:00, 2026-11-27 08:00 吃药"),
            ("每周末上午10点提醒我打扫", "every Saturday, Sunday at 10:00, 2026-11-28 10:00 打扫"),
        ]
    )
    func chineseRepeating(_ text: String, _ expected: String) {
        #expect(read(text) == expected)
    }

    @Test(
        "are understood in English",
        arguments: [
            ("remind me in 20 minutes to call Bob", "2026-11-26 10:40 call Bob"),
            ("Remind me to call Bob in 20 minutes", "2026-11-26 10:40 call Bob"),
            ("remind me in half an hour to stretch", "2026-11-26 10:50 stretch"),
            ("remind me in an hour and 15 minutes to leave", "2026-11-26 11:35 leave"),
            ("Please remind me tomorrow at 3pm to hand in the report", "2026-11-27 15:00 hand in the report"),
            ("remind me to send the invoice tomorrow", "2026-11-27 09:00 send the invoice"),
            ("remind me at 5 to go home", "2026-11-26 17:00 go home"),
            ("remind me at 9 to water the plants", "2026-11-26 21:00 water the plants"),
            ("remind me at 10:30 to join the call", "2026-11-26 10:30 join the call"),
            ("remind me next Monday at 9am to plan the week", "2026-11-30 09:00 plan the week"),
            ("remind me on Friday to order lunch", "2026-11-27 09:00 order lunch"),
            ("remind me on December 3rd at 10 am to see the doctor", "2026-12-03 10:00 see the doctor"),
            ("remind me on 3 Jan to renew the passport", "2027-01-03 09:00 renew the passport"),
            ("remind me tonight to lock up", "2026-11-26 20:00 lock up"),
            ("remind me at noon to eat", "2026-11-26 12:00 eat"),
            ("remind me the day after tomorrow in the afternoon to call Mum", "2026-11-28 15:00 call Mum"),
            ("2026-12-01 15:00 remind me to release", "2026-12-01 15:00 release"),
            (
                "remind me every Friday at 5pm to clean the fridge",
                "every Friday at 17:00, 2026-11-27 17:00 clean the fridge"
            ),
            (
                "remind us every weekday at 9:30 about the stand-up",
                "every weekday at 09:30, 2026-11-27 09:30 the stand-up"
            ),
            ("remind me every day at 8am to take the pills", "every day at 08:00, 2026-11-27 08:00 take the pills"),
            (
                "remind me every Monday and Thursday at 6pm to exercise",
                "every Monday, Thursday at 18:00, 2026-11-26 18:00 exercise"
            ),
            (
                "remind me every month on the 15th to pay rent",
                "every month on day 15 at 09:00, 2026-12-15 09:00 pay rent"
            ),
            ("remind me every 2 hours to drink water", "every 2 hours, 2026-11-26 12:20 drink water"),
            ("remind me every morning to smile", "every day at 09:00, 2026-11-27 09:00 smile"),
            ("remind me to book the May room tomorrow at 4 pm", "2026-11-27 16:00 book the May room"),
            ("tomorrow 3pm buy milk", "2026-11-27 15:00 buy milk"),
        ]
    )
    func english(_ text: String, _ expected: String) {
        #expect(read(text) == expected)
    }

    @Test(
        "that cannot be are told why",
        arguments: [
            ("提醒我交周报", "noTime"), ("remind me to smile", "noTime"), ("", "noTime"), ("提醒我", "noTime"),
            ("明天下午三点提醒我", "nothingToSay"), ("remind me tomorrow", "nothingToSay"),
            ("今天上午8点提醒我打卡", "past"), ("2020年1月1日提醒我怀旧", "past"), ("这周一提醒我开会", "past"),
            ("2028年1月1日提醒我庆祝", "tooFar"), ("999天后提醒我", "tooFar"),
            ("2月30日提醒我起床", "noSuchTime"), ("明天25点提醒我起床", "noSuchTime"), ("每分钟提醒我", "noTime"),
            ("每1分钟提醒我喝水", "tooOften"), ("remind me every 2 minutes to blink", "tooOften"),
        ]
    )
    func problems(_ text: String, _ expected: String) {
        #expect(read(text) == expected)
    }

    @Test("of any length and nonsense are read soon")
    func nonsense() {
        let start = ContinuousClock.now
        for text in [
            String(repeating: "每", count: 5_000), String(repeating: "明天", count: 3_000),
            String(repeating: "1", count: 9_999),
            String(repeating: "remind me ", count: 900), String(repeating: "in 1 hour and ", count: 900),
            "每\u{0}周\u{1}一",
            "99999999999999999999小时后提醒我", "十百十百十百点",
        ] {
            _ = read(text)
        }
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test(
        "commands set, list and cancel, in both languages",
        arguments: [
            ("", ReminderCommand.list), ("list", .list), ("列表", .list), ("help", .help),
            ("cancel k7m2", .cancel("k7m2")),
            ("取消 K7M2", .cancel("k7m2")), ("取消提醒k7m2", .cancel("k7m2")), ("cancel all", .cancelAll),
            ("取消全部", .cancelAll),
            ("cancel", .help), ("取消会议的事，明天提醒我", .set("取消会议的事，明天提醒我")), ("明天9点开会", .set("明天9点开会")),
        ]
    )
    func commands(_ text: String, _ expected: ReminderCommand) {
        #expect(ReminderCommand(text) == expected)
    }

    @Test(
        "a message is a reminder only where it says to remind, and when",
        arguments: [
            ("明天下午三点提醒我交周报", true), ("remind me in 5 minutes to call", true), ("我的提醒", true), ("取消提醒 k7m2", true),
            ("提醒我一下什么是复利", false), ("明天下午三点开会", false), ("怎么写一个提醒功能？", false), ("What does 'remind me' mean?", false),
            ("昨天下午三点提醒我交周报", true), ("remind me yesterday at 3pm to call", true), ("昨天晚上8点他叫我去开会", false),
        ]
    )
    func sentences(_ text: String, _ isReminder: Bool) {
        #expect((ReminderCommand(sentence: text, now: now, in: .shanghai) != nil) == isReminder)
    }
}

@Suite("Times that come again")
struct RecurrenceTests {
    @Test("keep to the clock on the wall where it changes")
    func summerTime() throws {
        let berlin = try #require(TimeZoneRules(named: "Europe/Berlin"))
        var moment = berlin.milliseconds(at: CivilTime(year: 2026, month: 3, day: 27, hour: 9))
        let rule = Recurrence.daily(hour: 9, minute: 0)
        var days: [CivilTime] = []
        for _ in 0..<4 {
            moment = rule.next(after: moment, in: berlin)
            days.append(berlin.civil(at: moment))
        }
        #expect(days == (28...31).map { CivilTime(year: 2026, month: 3, day: $0, hour: 9) })
    }

    @Test(
        "come next on the right day",
        arguments: [
            (Recurrence.monthly(day: 31, hour: 8, minute: 0), "2026-2-28"),
            (.monthly(day: 28, hour: 8, minute: 0), "2026-2-28"),
            (.yearly(month: 2, day: 29, hour: 8, minute: 0), "2026-2-28"),
            (.weekly(days: [6], hour: 8, minute: 0), "2026-2-7"),
            (.weekly(days: [7], hour: 8, minute: 0), "2026-2-1"),
        ]
    )
    func next(_ rule: Recurrence, _ expected: String) {
        let zone = TimeZoneRules.shanghai
        // Saturday, at noon.
        let moment = zone.milliseconds(at: CivilTime(year: 2026, month: 1, day: 31, hour: 12))
        let next = zone.civil(at: rule.next(after: moment, in: zone))
        #expect("\(next.year)-\(next.month)-\(next.day)" == expected)
    }
}
