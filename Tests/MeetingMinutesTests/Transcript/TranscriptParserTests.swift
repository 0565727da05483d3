import MeetingMinutes
import LanguageModel
import Testing
import TestSupport

@Suite("Transcript parser")
struct TranscriptParserTests {
    private func turns(_ text: String) -> [String] {
        TranscriptParser().parse(text).utterances.map {
            "\($0.speaker ?? "-")|\($0.start.map(String.init) ?? "-")|\($0.text)"
        }
    }

    @Test(
        "reads each way of writing who spoke",
        arguments: [
            ("张伟：开始吧\n李娜: 好的，先看数据", ["张伟|-|开始吧", "李娜|-|好的，先看数据"]),
            ("[00:12:03] Bob: hello\n[1:02:03] Ann Lee: hi", ["Bob|723|hello", "Ann Lee|3723|hi"]),
            ("00:05 Bob: hello\n(00:07) Ann: hi", ["Bob|5|hello", "Ann|7|hi"]),
            ("说话人 1 00:00:05\n大家好\n我们开始\n说话人 2 00:01:10\n好", ["说话人 1|5|大家好我们开始", "说话人 2|70|好"]),
            ("Bob [00:12]: hello\nAnn (00:14): hi there", ["Bob|12|hello", "Ann|14|hi there"]),
            ("**Alice (PM):** hello\n- Bob: hi\n* Alice: so", ["Alice|-|hello", "Bob|-|hi", "Alice|-|so"]),
            ("Bob: first line\nsecond line\nAnn: yes", ["Bob|-|first line second line", "Ann|-|yes"]),
            (
                "WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\n<v Bob>Hello there</v>\n\n2\n00:00:05.000 --> 00:00:06.000\nAnn: hi",
                ["Bob|1|Hello there", "Ann|5|hi"]
            ),
            (
                "1\n00:00:01,000 --> 00:00:04,000\nno names here\nat all\n\n2\n00:01:00,000 --> 00:01:04,000\nnext",
                [
                    "-|1|no names here at all", "-|60|next",
                ]
            ),
        ]
    )
    func forms(text: String, expected: [String]) {
        #expect(turns(text) == expected)
    }

    @Test("lines about the meeting are not turns")
    func labels() {
        let transcript = TranscriptParser().parse(Transcripts.chinese)
        #expect(transcript.title == "支付系统周会")
        #expect(transcript.people == ["张伟", "李娜", "王强", "赵敏"])
        #expect(transcript.utterances.count == 13)
        #expect(transcript.utterances.map(\.number) == Array(1...13))
        #expect(transcript.language == .chinese)
    }

    @Test(
        "prose is not a conversation",
        arguments: [
            "请看这个链接：https://example.com/a:b 然后告诉我结论",
            "Monday: plan\nTuesday: build\nWednesday: test\nThursday: ship",
            "注意：明天停机\n时间：10:00\n地点：三楼\n备注：请提前保存",
            "2026-11-20 10:00:01 INFO: up\n2026-11-20 10:00:02 WARN: slow\n2026-11-20 10:00:03 INFO: ok\n2026-11-20 10:00:04 ERROR: gone",
            "[2026-11-20 10:00:01] sshd[812]: a\n[2026-11-20 10:00:02] cron[813]: b\n[2026-11-20 10:00:03] sshd[812]: c\n[2026-11-20 10:00:04] cron[813]: d",
            "How are you?", "", "::::\n:\n：：\n12:30\n[00:01]",
            "第一步：安装\n第二步：配置\n第三步：启动\n第四步：检查",
        ]
    )
    func prose(text: String) {
        #expect(!TranscriptParser().parse(text).isConversation)
    }

    @Test("conversations are recognised", arguments: [Transcripts.chinese, Transcripts.english])
    func conversations(text: String) {
        #expect(TranscriptParser().parse(text).isConversation)
    }

    @Test("a name that occurs once in prose is prose")
    func once() {
        let text = "We met yesterday.\nIt went well.\nSummary: all is fine.\nNothing else was said.\nGoodbye."
        #expect(TranscriptParser().parse(text).utterances.allSatisfy { $0.speaker == nil })
    }

    @Test("a transcript of hours is read, whatever is in it")
    func long() {
        let lines = (0..<5_000).map {
            "[\($0 / 2_500):\($0 / 50 % 50 + 10):\($0 % 50 + 10)] 说话人\($0 % 5)：第\($0)句话，😀 <at user_id=\"all\">"
        }
        #expect(TranscriptParser().parse(lines.joined(separator: "\r\n")).utterances.count == 5_000)
    }

    @Test("the header of an export is about the meeting, and no part of it speaks or is said")
    func header() {
        let transcript = TranscriptParser().parse(Transcripts.export)
        #expect(transcript.title == "青松系统切换会")
        #expect(transcript.date == "2026年11月18日 09:30")
        #expect(transcript.keywords == ["库存同步", "回归测试", "值班安排"])
        #expect(transcript.people == ["江雪", "何远舟", "苏晴"])
        #expect(transcript.utterances.map(\.start) == [4, 20, 52, 75, 100, 122])
        #expect(transcript[2]?.text.hasSuffix("我的想法是分两步走：先切华东，再切其他区域。") == true)

        let english = TranscriptParser().parse(Transcripts.englishExport)
        #expect(english.title == "Pinewood cut-over")
        #expect(english.date == "18 November 2026 09:30")
        #expect(english.keywords == ["stock sync", "regression test", "on-call"])
        #expect(english.people == ["Erin Shaw", "Omar Haddad", "Lena Voss"])
        #expect(english.utterances.count == 4)
    }

    @Test("a label on a line of its own names what the next line holds")
    func labelAbove() {
        let text = "周会\n关键词:\n预算、招聘\n文字记录:\n甲乙 00:01\n开始\n丙丁 00:05\n好"
        let transcript = TranscriptParser().parse(text)
        #expect(transcript.title == "周会")
        #expect(transcript.keywords == ["预算", "招聘"])
        #expect(turns(text) == ["甲乙|1|开始", "丙丁|5|好"])
    }

    @Test(
        "the beginning of a sentence before a colon is nobody",
        arguments: [
            "张伟：开始吧\n李娜：好\n我的建议是改成两步：先试点\n张伟：行\n李娜：好",
            "Bob: hello\nAnn: hi\nMy next point: we ship\nBob: yes\nAnn: fine",
            "[00:01] Bob: hello\n[00:02] Ann: hi\nPlan: we ship\n[00:05] Bob: yes\n[00:06] Ann: fine",
        ]
    )
    func sentence(text: String) {
        let transcript = TranscriptParser().parse(text)
        #expect(transcript.people.count == 2)
        #expect(transcript.utterances.count == 4)
    }

    @Test("a role that speaks is a speaker, one that names somebody is not")
    func roles() {
        let text = "主持人：王芳\n时间：2026-11-20\n王芳：开始\n李娜：好\n王芳：行\n李娜：好"
        #expect(TranscriptParser().parse(text).people == ["王芳", "李娜"])
        #expect(TranscriptParser().parse("主持人：开始\n嘉宾：好\n主持人：请讲\n嘉宾：谢谢").people == ["主持人", "嘉宾"])
    }

    @Test("attendees are separated by blanks only where nothing else separates them")
    func attendees() {
        let text = "Attendees: Ann Lee, Bob Ray\nAnn Lee: hi\nBob Ray: hello\nAnn Lee: so\nBob Ray: yes"
        #expect(TranscriptParser().parse(text).people == ["Ann Lee", "Bob Ray"])
    }
}
