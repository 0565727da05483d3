import LanguageModel
import MeetingMinutes
import TestSupport
import Testing

@Suite("What a question asks of minutes")
struct MinutesQuestionTests {
    @Test(
        "knows which lines are asked for",
        arguments: [
            ("谁有待办？", [MinutesSection.Kind.action]), ("我们决定了什么", [.decision]), ("总结一下这次会", [.summary]),
            ("有哪些风险和待办", [.action, .risk]),
            ("还有哪些未决问题", [.question]), ("who has to do what?", [.action]), ("What did we decide?", [.decision]),
            ("Give me a recap and the open questions", [.summary, .question]), ("which risks were named", [.risk]),
            ("价格是多少？", []), ("what was said about the price, and by whom?", []), ("a masked multitasking rewriter", []),
        ]
    )
    func kinds(text: String, kinds: [MinutesSection.Kind]) {
        #expect(MinutesQuestion(text).kinds == kinds)
    }

    @Test(
        "knows whether it speaks of a meeting",
        arguments: [
            ("会上怎么说的", true), ("刚才定了什么？", true), ("谁有待办？", true), ("what was said about the price?", true),
            ("what do the minutes say", true), ("Was that in the meeting?", true), ("what did we decide?", true),
            ("帮我订个会议室", false), ("刚才你说的函数怎么用", false), ("今天天气如何", false), ("remind me in 20 minutes", false),
            ("wait a few minutes", false), ("book a meeting room", false), ("总结一下这篇文章", false),
        ]
    )
    func meeting(text: String, isOne: Bool) {
        #expect(MinutesQuestion(text).speaksOfMeeting == isOne)
    }

    @Test("a question of words that any question has is about nothing one could look for")
    func subject() {
        #expect(!MinutesQuestion("谢谢，帮我翻译成英文").hasSubject)
        #expect(!MinutesQuestion("Can you explain this?").hasSubject)
        #expect(MinutesQuestion("灰度比例呢").hasSubject)
        #expect(MinutesQuestion(String(repeating: "x", count: 1_000_000)).hasSubject)
    }

    @Test("lines of minutes say what they are, who has them until when, and what is to be confirmed")
    func statements() {
        let line = Minutes.Line(text: "扩容", utterances: [5], doubts: [.number])
        let action = Minutes.Action(line: line, owner: "李娜", due: "下周三前")
        var minutes = Minutes(source: .offline, language: .chinese, decisions: [line], actions: [action])
        let actions = minutes.statements(of: [.action])
        #expect(actions == [MinutesStatement(text: "待办：李娜、期限：下周三前：扩容（待确认：数字）", utterances: [5])])
        #expect(minutes.statements(of: [.action, .decision]).map(\.text).first?.hasPrefix("决定：扩容") == true)
        minutes.language = .english
        minutes.actions[0].owner = nil
        #expect(
            minutes.statements(of: [.action])[0].text.hasPrefix("Action items: owner to be confirmed, due 下周三前: 扩容")
        )
    }
}
