import Assistant
import LanguageModel
import Testing

@Suite("Minutes by extraction")
struct MinutesExtractorTests {
    private func minutes(_ text: String) -> Minutes {
        MinutesExtractor().minutes(of: TranscriptParser().parse(text))
    }

    private func actions(_ minutes: Minutes) -> [String] {
        minutes.actions.map { "\($0.owner ?? "-")|\($0.due ?? "-")|\($0.line.utterances[0])" }
    }

    @Test("finds a Chinese meeting's decisions, tasks with owner and date, and open question")
    func chinese() {
        let minutes = minutes(Transcripts.chinese)
        #expect(minutes.decisions.map(\.utterances) == [[4], [13]])
        #expect(actions(minutes) == ["李娜|下周三前|5", "王强|周五之前|6", "赵敏|明天下班前|8", "小刘|月底前|12"])
        #expect(minutes.questions.map(\.utterances) == [[10]])
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
        #expect(minutes.questions.map(\.utterances) == [[9]])
        #expect(minutes.topics.contains { $0.text.contains("webhook") })
        #expect(minutes.language == .english)
    }

    @Test("every line quotes the utterance it cites", arguments: [Transcripts.chinese, Transcripts.english])
    func grounded(text: String) {
        let transcript = TranscriptParser().parse(text)
        let minutes = MinutesExtractor().minutes(of: transcript)
        let lines = minutes.summary + minutes.decisions + minutes.actions.map(\.line) + minutes.questions
        #expect(!minutes.summary.isEmpty)
        for line in lines {
            #expect(line.utterances.count == 1)
            #expect(transcript[line.utterances[0]]?.text.contains(line.text) == true)
        }
    }

    @Test(
        "finds when something is due in the words used",
        arguments: [
            ("王强：我来负责，12月3日前提交", "12月3日前"), ("王强：我来跟进，本周五下午三点前给结果", "本周五下午三点前"),
            ("王强：我负责，三天内完成", "三天内"), ("王强：我会下个月底前上线", "下个月底前"),
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
        let document = MinutesDocument(MinutesExtractor().minutes(of: transcript), of: transcript)
        #expect(document.title == "会议纪要：支付系统周会")
        for piece in ["**摘要**", "**决定**", "**待办**", "**未决问题**", "**李娜、期限：下周三前**", "(#5 李娜)", "离线"] {
            #expect(document.markdown.contains(piece), "\(piece)")
        }
        let english = TranscriptParser().parse(Transcripts.english)
        let markdown = MinutesDocument(MinutesExtractor().minutes(of: english), of: english).markdown
        #expect(markdown.contains("**Bob, due by Wednesday**") && markdown.contains("(#5 Bob 00:02:10)"))
    }
}
