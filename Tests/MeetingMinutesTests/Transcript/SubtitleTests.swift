import MeetingMinutes
import Testing

@Suite("Subtitles")
struct SubtitleTests {
    private func turns(_ text: String) -> [String] {
        TranscriptParser().parse(text).utterances.map {
            "\($0.speaker ?? "-")|\($0.start ?? -1)-\($0.end ?? -1)|\($0.text)"
        }
    }

    @Test("of WebVTT: what no viewer sees is not said, and tags only say how it looks")
    func webVTT() {
        let text = """
            \u{FEFF}WEBVTT - Weekly
            Kind: captions

            STYLE
            ::cue { color: red }

            NOTE This was made by hand: all of it.
            Ann: not said

            intro
            00:00:01.000 --> 00:00:04.200 align:start position:0%
            <v.loud Bob Ray><c.red>We</c> ship <00:00:02.000>on <i>Friday</i> &amp; not before</v>

            7d1b-2
            00:05.000 --> 00:06.000
            <v Ann>3 < 4, yes

            NOTE
            the end
            """
        #expect(turns(text) == ["Bob Ray|1-5|We ship on Friday & not before", "Ann|5-6|3 < 4, yes"])
    }

    @Test("in which several speak at once keep them apart")
    func severalVoices() {
        let text = """
            WEBVTT

            00:01.000 --> 00:02.000
            <v Ann>Ready?</v> <v Bob>Yes.</v>

            00:03.000 --> 00:04.000
            <v Ann>Then go.</v>

            00:05.000 --> 00:06.000
            <v Bob>Go.</v>
            """
        #expect(turns(text) == ["Ann|1-2|Ready?", "Bob|1-2|Yes.", "Ann|3-4|Then go.", "Bob|5-6|Go."])
    }

    @Test("a sentence that goes on in the next subtitle is one utterance, if the same person speaks on at once")
    func sentences() {
        let text = """
            WEBVTT

            0a1b-1
            00:00:01.100 --> 00:00:04.070
            <v Smith, John>We ship by</v>

            0a1b-2
            00:00:04.070 --> 00:00:05.000
            <v Smith, John>next Friday.</v>

            00:00:05.000 --> 00:00:06.000
            <v Smith, John>Agreed</v>

            00:00:09.000 --> 00:00:10.000
            <v Smith, John>so far</v>

            00:00:10.000 --> 00:00:11.000
            <v Ann>Yes</v>
            """
        #expect(
            turns(text) == [
                "John Smith|1-5|We ship by next Friday.", "John Smith|5-6|Agreed", "John Smith|9-10|so far",
                "Ann|10-11|Yes",
            ]
        )
        #expect(TranscriptParser().parse(text).title == nil)
    }

    @Test("of SubRip: HTML-like tags, numbers, and the name in front")
    func subRip() {
        let text = """
            1
            00:00:01,000 --> 00:00:04,000
            张伟：<font color="#ff0000">先看</font>回放，
            {\\an8}再看数据。

            2
            00:00:05,000 --> 00:00:06,500
            [李娜]: 一共
            42

            3
            00:01:00,000 --> 00:01:02,000
            张伟：好
            """
        #expect(turns(text) == ["张伟|1-4|先看回放，再看数据。", "李娜|5-7|一共42", "张伟|60-62|好"])
    }

    @Test("with the name on a line of its own below the time, as speech recognition exports them")
    func loneNames() {
        let text = """
            1
            00:00:01,000 --> 00:00:04,000
            说话人 1
            大家好，
            我们开始。

            2
            00:00:05,000 --> 00:00:06,000
            说话人 2
            好的。

            3
            00:00:07,000 --> 00:00:09,000
            说话人 1
            先看数据：一共三条。
            """
        #expect(turns(text) == ["说话人 1|1-4|大家好，我们开始。", "说话人 2|5-6|好的。", "说话人 1|7-9|先看数据：一共三条。"])
        #expect(TranscriptParser().parse(text).isConversation == false)
    }

    @Test("whose lines come again are not names where most subtitles have none")
    func refrain() {
        let text = """
            1
            00:01 --> 00:02
            Yes
            we can

            2
            00:03 --> 00:04
            Yes
            you can

            3
            00:05 --> 00:06
            That is all for today,
            thank you.

            4
            00:07 --> 00:08
            See you.
            """
        #expect(turns(text).allSatisfy { $0.hasPrefix("-|") })
        #expect(turns(text).first == "-|1-2|Yes we can")
    }
}

@Suite("Transcripts out of windows")
struct CopiedTranscriptTests {
    private func turns(_ text: String) -> [String] {
        TranscriptParser().parse(text).utterances.map { "\($0.speaker ?? "-")|\($0.start ?? -1)|\($0.text)" }
    }

    @Test(
        "of chats and meetings are read with their dates and clocks",
        arguments: [
            ("张三 2026/11/20 10:03:12\n早\n李四 2026/11/20 10:04:00\n早上好", ["张三|36192|早", "李四|36240|早上好"]),
            ("[2026-11-20 10:03] 张三：早\n[2026-11-20 10:04] 李四：早上好", ["张三|36180|早", "李四|36240|早上好"]),
            ("张三 下午 3:05\n早\n李四 下午 3:06\n好", ["张三|54300|早", "李四|54360|好"]),
            ("Bob Ray  3:05 PM\nhello\nAnn Lee  3:06 PM\nhi", ["Bob Ray|54300|hello", "Ann Lee|54360|hi"]),
            ("[Bob Ray] 10:03:12\nhello\n[Ann Lee] 10:03:20\nhi", ["Bob Ray|36192|hello", "Ann Lee|36200|hi"]),
            (
                "Bob Ray\n0:03\nhello\n\nAnn Lee\n0:09\nhi\n\nBob Ray\n0:12\n42\n\nAnn Lee\n0:15\nfine",
                [
                    "Bob Ray|3|hello", "Ann Lee|9|hi", "Bob Ray|12|42", "Ann Lee|15|fine",
                ]
            ),
            ("张三(00:00:12): 早\n李四(00:00:15): 早上好", ["张三|12|早", "李四|15|早上好"]),
        ]
    )
    func windows(text: String, expected: [String]) {
        #expect(turns(text) == expected)
    }

    @Test("times now and then above turns without any are the times of these turns alone")
    func nowAndThen() {
        let text = """
            Q1 Planning
            Attendees
            Ann Lee, Bob Ray

            Transcript
            00:00:00

            Ann Lee: Hello.
            Bob Ray: Hi.
            00:05:00

            Ann Lee: So: the plan.
            Bob Ray: OK.
            """
        #expect(turns(text) == ["Ann Lee|0|Hello.", "Bob Ray|-1|Hi.", "Ann Lee|300|So: the plan.", "Bob Ray|-1|OK."])
        let transcript = TranscriptParser().parse(text)
        #expect(transcript.title == "Q1 Planning" && transcript.attendees == ["Ann Lee", "Bob Ray"])
    }

    @Test("Markdown's marks are no part of names, labels and titles")
    func markdown() {
        let text = "# 产品周会\n\n- **日期**：2026-11-20\n- **参会人**：张三、李四\n\n## 记录\n\n**张三**：开始。\n\n**李四**：好：两件事。\n**张三**：行。"
        let transcript = TranscriptParser().parse(text)
        #expect(turns(text) == ["张三|-1|开始。", "李四|-1|好：两件事。", "张三|-1|行。"])
        #expect(transcript.title == "产品周会" && transcript.date == "2026-11-20" && transcript.people == ["张三", "李四"])
    }

    @Test("lines broken anywhere, as in the text of a PDF, are joined as their script is written")
    func broken() {
        let text = "张伟：预算一共\n30\n万元，由 API\n团队出。\n李娜：The budget is\nthirty thousand.\n张伟：好\n12\n李娜：行"
        let joined = turns(text)
        #expect(joined[0] == "张伟|-1|预算一共万元，由 API团队出。")
        #expect(joined[1] == "李娜|-1|The budget is thirty thousand.")
        #expect(joined[2...] == ["张伟|-1|好", "李娜|-1|行"])
    }

    @Test("a line about the meeting in the middle of it is said all the same")
    func labelsWithin() {
        let text = "张伟：开始\n李娜：好\n备注：明天停机\n张伟：行\n李娜：好的\n张伟：散会"
        #expect(turns(text)[1] == "李娜|-1|好备注：明天停机")
    }
}
