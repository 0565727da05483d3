import Testing
import TimeZones

@testable import MeetingMinutes

/// A Friday.
private let day = CivilTime(year: 2026, month: 11, day: 20)

@Suite("Grounding")
struct GroundingTests {
    private func transcript(_ texts: [String], attendees: [String] = [], day: CivilTime? = nil) -> Transcript {
        let turns = texts.enumerated().map { index, text in
            let parts = text.split(separator: "：", maxSplits: 1).map(String.init)
            return Utterance(
                number: index + 1,
                speaker: parts.count == 2 ? parts[0] : nil,
                start: nil,
                text: parts.last ?? ""
            )
        }
        return Transcript(utterances: turns, day: day, attendees: attendees)
    }

    private func ground(
        _ said: String,
        _ text: String,
        kind: Fact.Kind = .risk,
        owner: String? = nil,
        due: String? = nil,
        attendees: [String] = []
    ) -> GroundedFact? {
        Grounding(transcript: transcript([said], attendees: attendees), meetingDay: day)
            .ground(Fact(kind: kind, text: text, utterances: [1], owner: owner, due: due))
    }

    // MARK: Numbers and dates

    private static let shownRows: [(String, String)] = [
        ("李娜：积压最高到了八千条", "队列积压最高 8,000 条"),
        ("Bob：The queue had eight thousand entries", "The queue held 8,000 entries"),
        ("李娜：灰度先从百分之十开始", "灰度比例从 10% 开始"), ("Bob：we need twenty five percent more", "25% more is needed"),
        ("李娜：消费者从四个扩到十二个", "消费者由 4 个扩为 12 个"), ("李娜：预算大概三千五", "预算约 3500 元"),
        ("李娜：一共一亿五千万用户", "用户 1.5 亿"), ("Bob：about half a million users", "500,000 users"),
        ("李娜：下周三前上线", "11月25日前上线"), ("Bob：we ship next Wednesday", "Shipping is planned for 2026-11-25"),
        ("李娜：月底给方案", "11月30日前给出方案"), ("李娜：三天内修好", "11月23日前修好"), ("李娜：三天内修好", "三天之内修复"),
        ("Bob：in two weeks", "By December 4"), ("李娜：明天下午三点开会", "明天 15:00 开会"), ("李娜：九点到十点半", "会议 10:30 结束"),
        ("李娜：今天发版", "2026年11月20日发版"), ("李娜：第三季度完成", "Q3 完成"), ("Bob：a dozen of them", "12 items"),
        ("李娜：就两三个人", "需要 3 人"), ("李娜：iPhone 15 卡", "iPhone15 卡顿"), ("李娜：v2 的接口慢", "V2 接口慢"),
        ("李娜：延迟到了三秒", "延迟 3 秒"), ("李娜：两周时间", "需要 14 天"), ("李娜：完全没有数字", "今年的计划"),
        ("李娜：分三步走", "1. 分三步走"), ("Bob：it costs fifty thousand dollars", "It costs $50,000"),
        ("李娜：二零二六年上线", "2026 年上线"), ("李娜：涨了一半", "增长 50%"), ("李娜：有八点要改", "八点修改"),
        ("李娜：周三之前", "周三前完成"), ("Bob：by Wednesday noon", "Due Wednesday at 12:00"), ("李娜：二十七号切换", "27 号切换"),
    ]

    @Test(
        "what was said in another form is shown",
        arguments: Self.shownRows
    )
    func shown(said: String, text: String) {
        #expect(ground(said, text)?.doubts == [])
    }

    private static let markedRows: [(String, String, GroundedFact.Doubt)] = [
        ("李娜：积压最高到了八千条", "队列积压最高 9,000 条", GroundedFact.Doubt.number),
        ("李娜：积压最高到了八千条", "队列积压最高 800 条", .number), ("Bob：eight thousand entries", "80,000 entries", .number),
        ("李娜：百分之十开始", "从 15% 开始", .number), ("李娜：五千块", "$5,000", .number), ("李娜：两周", "2 个月", .number),
        ("李娜：下周三前上线", "11月26日前上线", .date), ("李娜：下周三前上线", "下周四前上线", .date),
        ("Bob：next week", "On December 24", .date),
        ("李娜：下午三点", "上午三点开会", .date), ("李娜：下周", "下周三", .date), ("Bob：soon", "by Friday", .date),
        ("李娜：消费者不够", "消费者从四个扩到十二个", .number), ("李娜：二十七号", "28 号切换", .date), ("李娜：第三季度", "Q2 完成", .date),
        ("李娜：iPhone 15 卡", "iPhone 14 卡顿", .name), ("李娜：v2 的接口慢", "V3 接口慢", .name),
        ("Bob：it is slow", "It is seen in Grafana", .name),
        ("Bob：twelve people", "Twenty people came", .number), ("李娜：涨了一些", "增长一半", .number),
        ("Bob：some of it", "half of it", .number),
        ("李娜：一万", "十万", .number), ("李娜：2.5 倍", "5 倍", .number), ("Bob：1,500 users", "500 users", .number),
        ("李娜：每周一", "每周二开会", .date), ("李娜：今年", "明年三月上线", .date), ("Bob：10:30", "10:45", .date),
    ]

    @Test(
        "what nobody said is marked",
        arguments: Self.markedRows
    )
    func marked(said: String, text: String, doubt: GroundedFact.Doubt) {
        #expect(ground(said, text)?.doubts == [doubt])
    }

    @Test("a decision or a number without any figure that was said is dropped, one with some is marked")
    func dropped() {
        for kind in [Fact.Kind.decision, .number] {
            #expect(ground("李娜：消费者不够", "扩到十二个", kind: kind) == nil)
            #expect(ground("李娜：消费者四个不够", "从四个扩到十二个", kind: kind)?.doubts == [.number])
            #expect(ground("李娜：消费者不够", "要扩容", kind: kind)?.doubts == [])
        }
        #expect(ground("李娜：消费者不够", "扩到十二个", kind: .action)?.doubts == [.number])
    }

    @Test("a fact that cites nothing that exists is dropped, and loses what does not exist")
    func citations() {
        let grounding = Grounding(transcript: transcript(["甲：好", "乙：行"]), meetingDay: day)
        for cited in [[], [0], [3], [-1, 99]] {
            #expect(grounding.ground(Fact(kind: .risk, text: "好", utterances: cited)) == nil)
        }
        #expect(grounding.ground(Fact(kind: .risk, text: " \n", utterances: [1])) == nil)
        #expect(grounding.ground(Fact(kind: .risk, text: "好", utterances: [2, 9, 1, 2]))?.fact.utterances == [1, 2])
    }

    @Test("only the cited utterances count")
    func elsewhere() {
        let grounding = Grounding(transcript: transcript(["甲：八千条", "乙：很多，下周三"]), meetingDay: day)
        #expect(grounding.ground(Fact(kind: .risk, text: "8,000 条", utterances: [2]))?.doubts == [.number])
        #expect(grounding.ground(Fact(kind: .action, text: "看", utterances: [1], due: "下周三"))?.fact.due == nil)
    }

    // MARK: Owners

    private static let ownersRows: [(String, String, String)] = [
        ("李娜：好", "李娜", "李娜"), ("Ann Lee：ok", "ann lee", "Ann Lee"), ("Ann Lee：ok", "Ann", "Ann Lee"),
        ("Ann Lee：ok", "Ms. Lee", "Ann Lee"),
        ("李娜：请王总确认", "王总", "王总"), ("李娜：小刘跟进", "小刘", "小刘"), ("说话人 1：好", "说话人1", "说话人 1"),
        ("Speaker 2：ok", "speaker 2", "Speaker 2"),
        ("李娜：我来", "我", "李娜"), ("Bob：I'll do it", "I", "Bob"), ("Bob：Dave's team will", "Dave", "Dave"),
        ("Mr. Paul Manly (Nanaimo, GP)：ok", "Paul Manly", "Mr. Paul Manly (Nanaimo, GP)"),
        ("Bob：dave will do it", "Dave", "Dave"), ("李娜：运维团队处理", "运维团队", "运维团队"), ("李娜：张伟和王强一起", "张伟、王强", "张伟、王强"),
        ("Bob：Carol and Dave do it", "Carol and Dave", "Carol, Dave"), ("Ｂｏｂ：ok", "Bob", "Ｂｏｂ"),
    ]

    @Test(
        "an owner who is there or is named stays, in the transcript's spelling",
        arguments: Self.ownersRows
    )
    func owners(said: String, owner: String, expected: String) {
        let fact = ground(said, "做", kind: .action, owner: owner)
        #expect(fact?.fact.owner == expected)
        #expect(fact?.doubts == [])
    }

    @Test(
        "an owner whom nobody named is cleared and marked",
        arguments: [
            ("李娜：好", "陈总"), ("李娜：请王总确认", "王伟"), ("张伟：好", "张总"), ("Ann Lee：ok", "Anna"), ("Ann Lee：ok", "Ann Smith"),
            ("Speaker 1：ok", "Speaker 2"), ("说话人1：好", "说话人11"), ("Bob：someone should", "Karen"),
            ("Bob：Annual plan", "Ann"),
            ("李娜：好", "你"), ("Bob：the plan", "the"), ("Bob：ok", "Project Manager"),
        ]
    )
    func invented(said: String, owner: String) {
        let fact = ground(said, "ok", kind: .action, owner: owner)
        #expect(fact?.fact.owner == nil)
        #expect(fact?.doubts == [.owner])
    }

    @Test("of several owners those stay who were named")
    func several() {
        let fact = ground("李娜：张伟负责", "做", kind: .action, owner: "张伟、陈总")
        #expect(fact?.fact.owner == "张伟")
        #expect(fact?.doubts == [.owner])
    }

    @Test("a given name that two people have is nobody's unless it was said")
    func ambiguous() {
        let said = ["Ann Lee：hello", "Ann Ray：hi", "Bob：Ann will do it"]
        let grounding = Grounding(transcript: transcript(said), meetingDay: day)
        #expect(grounding.ground(Fact(kind: .action, text: "do", utterances: [1], owner: "Ann"))?.fact.owner == nil)
        #expect(grounding.ground(Fact(kind: .action, text: "do", utterances: [3], owner: "Ann"))?.fact.owner == "Ann")
        #expect(
            grounding.ground(Fact(kind: .action, text: "do", utterances: [3], owner: "Lee"))?.fact.owner == "Ann Lee"
        )
    }

    @Test(
        "a person whom nobody named marks a text",
        arguments: [
            ("李娜：好", "由陈总负责跟进"), ("李娜：好", "请王建国确认方案"), ("李娜：好", "小周牵头整理"), ("李娜：好", "说话人5负责"),
            ("Bob：ok", "Karen will send the plan"),
            ("Bob：ok", "They asked Mr. Kowalski to check"), ("Bob：ok", "Sent to Nadia Petrova"),
            ("Bob：ok", "Speaker 7 will check"),
            ("李娜：好", "赵敏负责告警"),
        ]
    )
    func names(said: String, text: String) {
        #expect(ground(said, text)?.doubts.contains(.name) == true)
    }

    @Test(
        "words are no names",
        arguments: [
            ("李娜：好", "由项目组负责"), ("李娜：好", "方案明确，管理层同意"), ("李娜：好", "汇总各部门意见"), ("李娜：好", "王强提到的问题"),
            ("Bob：ok", "Testing will start"),
            ("Bob：ok", "The Board approved the Budget"), ("Bob：ok", "Marketing agreed"),
            ("Bob：ok", "Discussed the API and the KPI"),
            ("Bob：ok", "Quarterly Budget Review And Planning"), ("李娜：好", "周会纪要"), ("李娜：好", "由于时间不够"),
            ("Bob：ok", "It is on Monday's list".replacing("Monday's", with: "the")),
        ]
    )
    func noNames(said: String, text: String) {
        #expect(ground(said, text, attendees: ["王强"])?.doubts == [])
    }

    // MARK: Due

    private static let duesRows: [(String, String, String, String)] = [
        ("李娜：下周三前完成", "下周三前", "下周三前", "2026-11-25"), ("李娜：下周三前完成", "2026-11-25", "下周三", "2026-11-25"),
        ("李娜：月底前给出", "11月30日", "月底", "2026-11-30"),
        ("Bob：by Wednesday noon", "by Wednesday noon", "by Wednesday noon", "2026-11-25"),
        ("Bob：I'll do it next week", "next week", "next week", "2026-11-27"),
        ("Bob：by Friday", "2026-11-20", "Friday", "2026-11-20"),
        ("李娜：三天之内", "三天内", "三天之内", "2026-11-23"), ("李娜：十二月四号之前", "12月4日前", "十二月四号", "2026-12-04"),
        ("Bob：by December 3", "2026-12-03", "December 3", "2026-12-03"),
        ("李娜：下周三前完成", "在下周三之前交付", "下周三", "2026-11-25"),
    ]

    @Test(
        "when something is due stays in the words of the talk, with its day",
        arguments: Self.duesRows
    )
    func due(said: String, due: String, words: String, day: String) {
        let fact = ground(said, "做", kind: .action, due: due)
        #expect(fact?.fact.due.map { $0.contains(words) } == true, "\(fact?.fact.due ?? "-")")
        #expect(fact?.dueDay.map { "\($0.year)-\($0.month)-\($0.day < 10 ? "0" : "")\($0.day)" } == day)
        #expect(fact?.doubts == [])
    }

    @Test("words without a day stay only as they were said")
    func vague() {
        #expect(ground("李娜：上线前完成", "做", kind: .action, due: "上线前")?.fact.due == "上线前")
        #expect(ground("李娜：尽快完成", "做", kind: .action, due: "上线前")?.doubts == [.due])
        #expect(ground("Bob：as soon as possible", "do", kind: .action, due: "ASAP")?.fact.due == nil)
    }

    @Test(
        "a due date that nobody named is cleared and marked",
        arguments: [
            ("李娜：尽快完成", "下周三前"), ("李娜：下周三前完成", "2026-11-26"), ("Bob：next week", "Friday"), ("Bob：soon", "2026-12-01"),
            ("李娜：月底前", "12月1日"), ("李娜：两天内", "三天内"),
        ]
    )
    func inventedDue(said: String, due: String) {
        let fact = ground(said, "做", kind: .action, due: due)
        #expect(fact?.fact.due == nil && fact?.dueDay == nil)
        #expect(fact?.doubts == [.due])
    }

    @Test("without the meeting's day, words keep theirs and absolute dates have one")
    func undated() {
        let grounding = Grounding(transcript: transcript(["李娜：下周三或 2026-12-03 前"]))
        let relative = grounding.ground(Fact(kind: .action, text: "做", utterances: [1], due: "下周三"))
        #expect(relative?.fact.due == "下周三" && relative?.dueDay == nil)
        let dated = grounding.ground(Fact(kind: .action, text: "做", utterances: [1], due: "2026-12-03"))
        #expect(dated?.dueDay == CivilTime(year: 2026, month: 12, day: 3))
    }

    @Test("the meeting's day is the transcript's, unless another is given")
    func meetingDay() {
        let fact = Fact(kind: .action, text: "做", utterances: [1], due: "明天")
        let transcript = transcript(["李娜：明天"], day: day)
        #expect(Grounding(transcript: transcript).ground(fact)?.dueDay == day.adding(days: 1))
        let other = Grounding(transcript: transcript, meetingDay: day.adding(days: 7)).ground(fact)
        #expect(other?.dueDay == day.adding(days: 8))
    }

    @Test("a person is known by every spelling that the transcript has")
    func aliases() {
        let transcript = Transcript(
            utterances: [Utterance(number: 1, speaker: "张三", start: nil, text: "好")],
            aliases: ["Zhang San": "张三"]
        )
        let fact = Fact(kind: .action, text: "做", utterances: [1], owner: "zhang san")
        #expect(Grounding(transcript: transcript).ground(fact)?.fact.owner == "张三")
    }

    // MARK: Quotes

    @Test(
        "a quote stays where a cited utterance holds it",
        arguments: [
            ("我们 决定，扩到十二个！", true), ("我们决定扩到12个", false), ("决定…十二个", true), ("我们取消", false), ("……", false), ("", false),
        ]
    )
    func quotes(quote: String, stays: Bool) {
        let grounding = Grounding(transcript: transcript(["甲：我们决定扩到十二个"]), meetingDay: day)
        let fact = grounding.ground(Fact(kind: .decision, text: "扩容", utterances: [1], quote: quote))
        #expect((fact?.fact.quote != nil) == stays)
        #expect(fact?.doubts == [])
    }
}
