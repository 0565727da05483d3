import MeetingMinutes
import LanguageModel
import Testing
import TestSupport

@Suite("Minutes by extraction")
struct ExtractedMinutesTests {
    private func minutes(_ text: String) -> Minutes {
        MinutesMaking(TranscriptParser().parse(text)).extracted()
    }

    private func actions(_ minutes: Minutes) -> [String] {
        minutes.actions.map { "\($0.owner ?? "-")|\($0.due ?? "-")|\($0.line.utterances[0])" }
    }

    @Test("finds a Chinese meeting's decisions, tasks with owner and date, and open question")
    func chinese() {
        let minutes = minutes(Transcripts.chinese)
        #expect(minutes.decisions.map(\.utterances) == [[4], [13]])
        #expect(actions(minutes) == ["李娜|下周三前|5", "王强|周五之前|6", "赵敏|明天下班前|8", "小刘|月底前|12"])
        #expect(minutes.questions.map(\.utterances) == [[10, 11]])
        #expect(minutes.topics.contains { $0.text.contains("支付回调") })
        #expect(minutes.source == .offline && minutes.language == .chinese)
    }

    @Test("finds an English meeting's decisions, tasks with owner and date, and open question")
    func english() {
        let minutes = minutes(Transcripts.english)
        #expect(minutes.decisions.map(\.utterances) == [[4], [13]])
        #expect(
            actions(minutes) == [
                "Bob|by Wednesday|5", "Carol|before Friday noon|6", "Bob|by tomorrow|7", "Dave|next week|13",
            ]
        )
        #expect(minutes.questions.map(\.utterances) == [[9, 10]])
        #expect(minutes.topics.contains { $0.text.contains("webhook") })
        #expect(minutes.language == .english)
    }

    @Test("every line quotes the utterance it cites", arguments: [Transcripts.chinese, Transcripts.english])
    func grounded(text: String) {
        let transcript = TranscriptParser().parse(text)
        let minutes = MinutesMaking(transcript).extracted()
        let lines = minutes.summary + minutes.decisions + minutes.actions.map(\.line) + minutes.questions
        #expect(!minutes.summary.isEmpty)
        for line in lines {
            #expect((1...2).contains(line.utterances.count))
            #expect(transcript[line.utterances[0]]?.text.contains(line.text) == true)
        }
    }

    @Test(
        "finds when something is due in the words used",
        arguments: [
            ("王强：我来负责，12月3日前提交", "12月3日前"), ("王强：我来跟进，本周五下午三点前给结果", "本周五下午三点前"),
            ("王强：我负责，三天内完成", "三天内"),
            ("王强：二十七号我来处理", "二十七号"), ("王强：我来负责，十二月四号之前提交", "十二月四号之前"),
            ("王强：我来跟进，二十五号下午三点前给结果", "二十五号下午三点前"), ("王强：我会十五天内完成", "十五天内"),
            ("王强：上周五说过，我来改，周三之前上线", "周三之前"), ("王强：我来处理第三天的数据，30号前提交", "30号前"),
            ("王强：我会下个月底前上线", "下个月底前"),
            ("Bob: I'll do it by the end of the week", "by the end of the week"),
            ("Bob: I'll send it by Nov 30", "by Nov 30"),
            ("Bob: I will finish within two days", "within two days"), ("Bob: I'll do it by EOD", "by EOD"),
        ]
    )
    func due(text: String, expected: String) {
        #expect(minutes(text).actions.map(\.due) == [expected])
    }

    @Test(
        "talk is no task",
        arguments: [
            "Bob: I'll be honest, that was a bad week", "王强：我来介绍一下今天的安排", "Bob: It will be fine", "王强：这个需要再想想",
            "Bob: You will see the results", "王强：请大家看屏幕",
        ]
    )
    func talk(text: String) {
        #expect(minutes(text).actions.isEmpty)
    }

    @Test("an empty or wordless transcript gives empty minutes")
    func degenerate() {
        for text in ["", "张伟：\n李娜：", "A: ...\nB: ！！！"] {
            let minutes = minutes(text)
            #expect(minutes.summary.isEmpty && minutes.actions.isEmpty && minutes.decisions.isEmpty)
        }
    }

    @Test("is shown with headings, owners, dates and sources, in the meeting's language")
    func document() {
        let transcript = TranscriptParser().parse(Transcripts.chinese)
        let document = MinutesDocument(MinutesMaking(transcript).extracted(), of: transcript)
        #expect(document.title == "会议纪要：支付系统周会")
        for piece in ["**摘要**", "**决定**", "**待办**", "**未决问题**", "**李娜、期限：下周三前（2026-11-25）**", "(#5 李娜)", "离线"] {
            #expect(document.markdown.contains(piece), "\(piece)")
        }
        let english = TranscriptParser().parse(Transcripts.english)
        let markdown = MinutesDocument(MinutesMaking(english).extracted(), of: english).markdown
        #expect(markdown.contains("**Bob, due by Wednesday**") && markdown.contains("(#5 Bob 00:02:10)"))
    }

    @Test("a number that only ends like a date is none")
    func noDate() {
        #expect(minutes("王强：我来改一百二十七号工单").actions.map(\.due) == [nil])
    }

    @Test("topics are whole phrases, and no numbers, dates or names")
    func wholeTopics() {
        let lines = [
            "二十五号要发对账报表", "对账报表二十五号能好吗", "我看二十五号够了，对账报表不难", "林小雨二十五号在",
            "对账报表给林小雨看", "林小雨会看对账报表",
        ]
        let text = lines.enumerated().map { ($0 % 2 == 0 ? "张伟：" : "林小雨：") + $1 }.joined(separator: "\n")
        #expect(minutes(text).topics.map(\.text) == ["对账报表"])
    }

    @Test("has what minutes by a model have, and every fact that extraction finds", arguments: MeetingFixture.names)
    func shape(name: String) throws {
        let transcript = try MeetingFixture(name).transcript
        let minutes = MinutesMaking(transcript).extracted()
        #expect(!minutes.topics.isEmpty)
        #expect(minutes.topics.map { $0.utterances[0] } == minutes.topics.map { $0.utterances[0] }.sorted())
        for topic in minutes.topics {
            #expect(topic.start == topic.utterances.first.flatMap { transcript[$0]?.start })
        }
        let lines: [Fact.Kind: [Minutes.Line]] = [
            .decision: minutes.decisions, .action: minutes.actions.map(\.line), .question: minutes.questions,
            .risk: minutes.risks, .number: minutes.numbers,
        ]
        for fact in FactExtractor().facts(of: transcript) where fact.kind != .topic {
            // A figure whose sentence stands in another section is there once.
            let places = fact.kind == .number ? minutes.summary + lines.values.joined() : lines[fact.kind] ?? []
            #expect(places.contains { Set($0.utterances).isSuperset(of: fact.utterances) }, "\(fact)")
        }
        let others = minutes.summary + minutes.decisions + minutes.actions.map(\.line) + minutes.risks
        #expect(Set(minutes.numbers.map(\.text)).isDisjoint(with: others.map(\.text)))
        // What is in so many words in the talk needs no confirmation.
        for line in lines.values.joined() { #expect(line.doubts.isEmpty && line.quote == nil, "\(line)") }
    }

    @Test("says which days dates mean")
    func days() throws {
        let meeting = try MeetingFixture("en-standup")
        let restart = MinutesMaking(meeting.transcript).extracted().actions.first { $0.line.utterances == [10] }
        #expect(restart?.owner == "Lena Voss" && restart?.due?.hasPrefix("Thursday") == true)
        #expect(restart?.dueDay == meeting.marks.first { $0.utterances == [10] }?.dueDay)
    }

    @Test("what is too much is left out, of the whole meeting and not of its end, and counted")
    func bounds() {
        let turns = (0..<80).map { "Bob: I'll send report number \($0 + 100) to customer \($0 + 300) by Friday." }
        let minutes = MinutesMaking(TranscriptParser().parse(turns.joined(separator: "\n"))).extracted()
        #expect(minutes.actions.count == 25)
        #expect(minutes.omissions.contains(Minutes.Omission(.action, .tooMany, 55)))
    }

    @Test("asked for in another language, quotes stay as they were said, headings do not, and a note tells")
    func otherLanguage() {
        let transcript = TranscriptParser().parse(Transcripts.chinese)
        let minutes = MinutesMaking(transcript, in: .english).extracted()
        let markdown = MinutesDocument(minutes, of: transcript).markdown
        #expect(minutes.decisions.map(\.utterances) == [[4], [13]])
        #expect(
            markdown.contains("**Decisions**\n- 那我们决定") && markdown.contains("Without a model they are not translated.")
        )
        let own = MinutesMaking(transcript).extracted()
        #expect(!MinutesDocument(own, of: transcript).markdown.contains("未翻译"))
    }

    @Test("minutes of an export show title and date and cite only what was said")
    func export() {
        let transcript = TranscriptParser().parse(Transcripts.export)
        let minutes = MinutesMaking(transcript).extracted()
        #expect(actions(minutes) == ["苏晴|二十五号之前|3", "何远舟|二十七号|5"])
        #expect(minutes.decisions.map(\.utterances) == [[4]])
        let document = MinutesDocument(minutes, of: transcript)
        #expect(document.title == "会议纪要：青松系统切换会")
        #expect(document.markdown.hasPrefix("2026年11月18日 09:30\n\n**参会人** 江雪、何远舟、苏晴\n\n**关键词** 库存同步、回归测试、值班安排\n"))
    }
}
