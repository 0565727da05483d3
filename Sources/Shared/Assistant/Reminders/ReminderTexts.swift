package import LanguageModel
import TimeZones

/// What is said about reminders, in Markdown.
package struct ReminderTexts: Sendable {
    private let language: WrittenLanguage

    package init(_ language: WrittenLanguage) { self.language = language }

    private func say(_ chinese: String, _ english: String) -> String { language == .chinese ? chinese : english }

    /// How to set, list and cancel.
    package var help: String {
        say(
            """
            **提醒**可以这样设置：
            - `/remind 明天下午三点 提交周报`，或者直接说“半小时后叫我开会”
            - 每天、每个工作日、每周一、每月15号也可以：“每周一早上9点提醒我们开例会”
            - `/remind list` 查看，`/remind cancel 编号` 取消，`/remind cancel all` 全部取消
            """,
            """
            **Reminders** are set like this:
            - `/remind tomorrow at 3pm hand in the report`, or just "remind me in 20 minutes to call Bob"
            - every day, every weekday, every Friday, every month on the 15th: "remind us every Friday at 5pm to clean up"
            - `/remind list` shows them, `/remind cancel ID` cancels one, `/remind cancel all` all of them
            """
        )
    }

    func set(_ reminder: Reminder, in zone: TimeZoneRules) -> String {
        let time = TimeWords(language, zone)
        guard let recurrence = reminder.recurrence else {
            let when = time.moment(reminder.due)
            return say(
                "好的，\(when) 提醒你：\(reminder.what.onOneLine)（编号 `\(reminder.id)`）",
                "OK, on \(when) I will remind you: \(reminder.what.onOneLine) (ID `\(reminder.id)`)"
            )
        }
        let (rule, first) = (time.rule(recurrence), time.moment(reminder.due))
        return say(
            "好的，\(rule)提醒你：\(reminder.what.onOneLine)（编号 `\(reminder.id)`，下一次是 \(first)）",
            "OK, I will remind you \(rule): \(reminder.what.onOneLine) (ID `\(reminder.id)`, next on \(first))"
        )
    }

    func list(_ reminders: [Reminder], in zone: TimeZoneRules) -> String {
        guard !reminders.isEmpty else { return say("你没有待办的提醒。\n\n", "You have no reminders.\n\n") + help }
        let time = TimeWords(language, zone)
        let lines = reminders.map { reminder in
            let rule = reminder.recurrence.map { say("（\(time.rule($0))）", " (\(time.rule($0)))") } ?? ""
            return "- `\(reminder.id)` \(time.moment(reminder.due))\(rule) \(reminder.what.onOneLine)"
        }
        let end = say("发送 `/remind cancel 编号` 取消。", "Send `/remind cancel ID` to cancel one.")
        return ([say("**你的提醒**", "**Your reminders**")] + lines + ["", end]).joined(separator: "\n")
    }

    func cancelled(_ what: String) -> String {
        say("已取消提醒：\(what.onOneLine)", "Cancelled: \(what.onOneLine)")
    }

    func cancelledAll(_ count: Int) -> String {
        say("已取消全部 \(count) 个提醒。", "Cancelled all \(count) reminders.")
    }

    func unknown(_ id: String) -> String {
        say(
            "没有编号为 `\(id)` 的提醒。发送 `/remind list` 查看。",
            "You have no reminder `\(id)`. Send `/remind list` to see them."
        )
    }

    var tooMany: String {
        say(
            "你已经有 \(RedisReminders.maximumCount) 个提醒了，请先取消一些。",
            "You have \(RedisReminders.maximumCount) reminders already. Please cancel some first."
        )
    }

    func problem(_ problem: ReminderPhrase.Problem) -> String {
        switch problem {
        case .noTime: say("我没有看懂提醒的时间。\n\n", "I did not understand when.\n\n") + help
        case .nothingToSay:
            say(
                "要提醒什么？例如“明天下午三点提醒我提交周报”。",
                "Remind you of what? For example \"remind me tomorrow at 3pm to call Bob\"."
            )
        case .past: say("这个时间已经过去了。", "That time has passed already.")
        case .tooFar: say("最远可以提醒一年之内的事。", "I can remind you of things up to a year ahead.")
        case .noSuchTime: say("没有这个日期或时间，请再看一下。", "There is no such date or time. Please look again.")
        case .tooOften:
            say(
                "最短的重复间隔是 \(Recurrence.leastMinutes) 分钟。",
                "The shortest interval is \(Recurrence.leastMinutes) minutes."
            )
        }
    }

    /// What is said at the time. More than two minutes late it says when it should have been.
    func said(_ reminder: Reminder, lateBy milliseconds: Int64, in zone: TimeZoneRules) -> String {
        let late =
            milliseconds > 120_000
            ? say(
                "（原定 \(TimeWords(language, zone).moment(reminder.due))）",
                " (was due \(TimeWords(language, zone).moment(reminder.due)))"
            )
            : ""
        return say("⏰ **提醒**：", "⏰ **Reminder**: ") + reminder.what.onOneLine + late
    }
}

/// Times as people say them.
struct TimeWords {
    private let language: WrittenLanguage
    private let zone: TimeZoneRules
    private static let chineseDays = ["一", "二", "三", "四", "五", "六", "日"]
    private static let englishDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    init(_ language: WrittenLanguage, _ zone: TimeZoneRules) {
        self.language = language
        self.zone = zone
    }

    private var isChinese: Bool { language == .chinese }

    /// `2026年12月3日（周四）15:00`, `Thursday 2026-12-03 15:00`.
    func moment(_ milliseconds: Int64) -> String {
        let time = zone.civil(at: milliseconds)
        let clock = Self.clock(time.hour, time.minute)
        return isChinese
            ? "\(time.year)年\(time.month)月\(time.day)日（周\(Self.chineseDays[time.weekday - 1])）\(clock)"
            : "\(Self.englishDays[time.weekday - 1]) \(time.year)-\(Self.two(time.month))-\(Self.two(time.day)) \(clock)"
    }

    /// `每周一 09:00`, `every Monday at 09:00`.
    func rule(_ rule: Recurrence) -> String {
        switch rule {
        case .interval(let minutes):
            let (count, chinese, english) =
                minutes % 1_440 == 0
                ? (minutes / 1_440, "天", "day")
                : minutes % 60 == 0 ? (minutes / 60, "小时", "hour") : (minutes, "分钟", "minute")
            return isChinese ? "每 \(count) \(chinese)" : "every \(count == 1 ? english : "\(count) \(english)s")"
        case .daily(let hour, let minute):
            return (isChinese ? "每天 " : "every day at ") + Self.clock(hour, minute)
        case .weekly(let days, let hour, let minute):
            let clock = Self.clock(hour, minute)
            if days == Recurrence.workdays { return isChinese ? "每个工作日 \(clock)" : "every weekday at \(clock)" }
            let names = days.map { (isChinese ? Self.chineseDays : Self.englishDays)[($0 - 1) % 7] }
            return isChinese
                ? "每周\(names.joined(separator: "、")) \(clock)" : "every \(names.joined(separator: ", ")) at \(clock)"
        case .monthly(let day, let hour, let minute):
            let clock = Self.clock(hour, minute)
            return isChinese ? "每月 \(day) 日 \(clock)" : "every month on day \(day) at \(clock)"
        case .yearly(let month, let day, let hour, let minute):
            let clock = Self.clock(hour, minute)
            return isChinese
                ? "每年 \(month) 月 \(day) 日 \(clock)" : "every year on \(Self.two(month))-\(Self.two(day)) at \(clock)"
        }
    }

    private static func clock(_ hour: Int, _ minute: Int) -> String { "\(two(hour)):\(two(minute))" }
    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
