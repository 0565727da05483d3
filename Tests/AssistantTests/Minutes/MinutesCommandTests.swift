import LanguageModel
import MeetingMinutes
import Testing

@testable import Assistant

@Suite("Asking for minutes by template and language")
struct MinutesCommandTests {
    @Test(
        "template and language stand in the command's line, in any order",
        arguments: [
            ("/minutes 访谈\n张三：好", "interview", .transcript, "张三：好"),
            ("/minutes interview\nA: b", "interview", .transcript, "A: b"),
            ("/Minutes Stand-up, in English:\nA: b", "stand-up", .named(.english), "A: b"),
            ("纪要（站会）\n张三：好", "stand-up", .transcript, "张三：好"), ("站会纪要：张三：好", "stand-up", .transcript, "张三：好"),
            ("整理客户访谈会议纪要\n张三：好", "customer-call", .transcript, "张三：好"),
            ("/minutes in English\n张三：好", nil, .named(.english), "张三：好"),
            ("/minutes 英文\n张三：好", nil, .named(.english), "张三：好"),
            ("用英文写纪要\n张三：好", nil, .named(.english), "张三：好"), ("/纪要 中文\nA: b", nil, .named(.chinese), "A: b"),
            ("用英文写董事会的纪要：\n张三：好", "board", .named(.english), "张三：好"),
            ("Please write the board minutes in Chinese\nA: b", "board", .named(.chinese), "A: b"),
            ("用我的语言写纪要\nA: b", nil, .own, "A: b"), ("/minutes in my language\nA: b", nil, .own, "A: b"),
            ("/minutes\nA: b", nil, .transcript, "A: b"), ("/纪要：张三：好", nil, .transcript, "张三：好"),
            (
                "/minutes 站会 https://x.feishu.cn/minutes/obcn1", "stand-up", .transcript,
                "https://x.feishu.cn/minutes/obcn1"
            ),
            ("站会纪要", "stand-up", .transcript, ""),
        ] as [(String, String?, MinutesWish.Language, String)]
    )
    func wishes(text: String, template: String?, language: MinutesWish.Language, transcript: String) {
        let command = MinutesCommand(text, words: .builtIn)
        #expect(command?.request == .minutes(MinutesWish(template: template, language: language)))
        #expect(command?.transcript == transcript)
    }

    @Test(
        "what somebody says, and a name that is none, is not taken for a wish",
        arguments: [
            ("/minutes Board: good morning\nA: b", "Board: good morning\nA: b"),
            ("/minutes A: in English", "A: in English"),
            ("/minutes retro\nA: b", "retro\nA: b"), ("/minutes 访谈 面试 站会\nA: b", "访谈 面试 站会\nA: b"),
            ("/minutes 中文 英文\nA: b", "中文 英文\nA: b"), ("/minutes 访谈 张三：好", "访谈 张三：好"),
            ("/minutes 站会开得太久\n张三：好", "站会开得太久\n张三：好"),
        ]
    )
    func transcript(text: String, transcript: String) {
        let command = MinutesCommand(text, words: .builtIn)
        #expect(command?.request == .minutes(MinutesWish()) && command?.transcript == transcript)
    }

    @Test(
        "the list of templates is asked for, or is the answer to a name that is none",
        arguments: [
            ("/minutes templates", nil), ("纪要 模板", nil), ("/纪要 模板", nil), ("会议纪要模板", nil), ("/minutes retro", "retro"),
            ("/纪要 周报", "周报"), ("纪要（周报）", "周报"),
        ] as [(String, String?)]
    )
    func list(text: String, unknown: String?) {
        #expect(Command(text) == .minutesTemplates(unknown: unknown))
    }

    @Test(
        "a sentence that begins like a command is none",
        arguments: [
            "站会纪要怎么写？", "纪要写得不错，谢谢", "用英文写纪要是不是更好", "templates", "站会", "interview tips please", "/minutesfoo",
            "英文", "纪要（周报）\n张三：好", "帮我写一份周报",
        ]
    )
    func questions(text: String) {
        #expect(MinutesCommand(text, words: .builtIn) == nil)
    }

    @Test("a template of one's own is named like any other")
    func own() throws {
        let templates = try MinutesTemplates(described: [
            ["name": ["retro"], "aliases": ["团队的复盘"], "sections": ["topic"]]
        ])
        let words = MinutesCommandWords(templates)
        for text in ["/minutes retro\nA: b", "团队的复盘纪要：A: b"] {
            #expect(MinutesCommand(text, words: words)?.request == .minutes(MinutesWish(template: "retro")))
        }
    }

    @Test("a line of any length is read in no time")
    func hostile() {
        let words = String(repeating: "请写中文英文站会纪要", count: 20_000)
        #expect(MinutesCommand(words, words: .builtIn) == nil)
        #expect(MinutesCommand("/minutes " + words, words: .builtIn)?.transcript == words)
    }
}
