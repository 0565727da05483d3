import LanguageModel
import MeetingMinutes
import Testing
import TimeZones

@Suite("Lines of minutes")
struct MinutesLinesTests {
    private let transcript = Transcript(
        utterances: [
            Utterance(number: 1, speaker: "Bob [PM]", start: 723, text: "We take twelve."),
            Utterance(number: 2, speaker: nil, start: nil, text: "Yes."),
            Utterance(number: 3, speaker: "](https://evil.example)", start: nil, text: "No."),
        ]
    )

    private func lines(mostCited: Int = .max, moment: @escaping @Sendable (Int) -> String?) -> MinutesLines {
        MinutesLines(in: .english, of: transcript, mostBytes: 40, mostCited: mostCited, moment: moment)
    }

    @Test("cite with a link to the moment, each utterance its own; without one the citation is plain")
    func citations() {
        let linked = lines(mostCited: 3) { "https://f.example/m?t=\($0)" }
        #expect(linked.citation([1]) == "([#1 Bob \\[PM\\] 00:12:03](https://f.example/m?t=1))")
        #expect(linked.citation([2]) == "([#2](https://f.example/m?t=2))")
        #expect(linked.citation([1, 2]) == "([#1](https://f.example/m?t=1), [#2](https://f.example/m?t=2))")
        #expect(linked.citation([1, 2, 3, 4]).hasSuffix("[#3](https://f.example/m?t=3), …)"))
        #expect(linked.citation([3]) == "([#3 \\](https:\u{200B}//…](https://f.example/m?t=3))")
        let plain = lines { $0 == 2 ? "https://f.example" : nil }
        #expect(plain.citation([1]) == "(#1 Bob \\[PM\\] 00:12:03)")
        #expect(plain.citation([1, 2, 9]) == "(#1, [#2](https://f.example), #9)")
    }

    @Test(
        "take no address that could leave its link",
        arguments: [
            "javascript:alert(1)", "https://a.example/x)y", "https://a.example/ x", "https://a.example/<at>",
            "https://a.example/\n", "//a.example", "https://a.example/" + String(repeating: "x", count: 500), "",
        ]
    )
    func address(text: String) {
        #expect(lines { _ in text }.citation([2]) == "(#2)")
    }

    @Test(
        "show strangers' words as words",
        arguments: [
            ("[x](https://e.example)", "\\[x\\](https:\u{200B}//e.example)"), ("![x](img)", "\\!\\[x\\](img)"),
            ("<at id=all></at>", "&lt;at id=all&gt;&lt;/at&gt;"), ("a\n\n# b\n- c", "a \\# b - c"),
            ("- c", "\\- c"), ("1. d", "1\\. d"), ("2) d", "2\\) d"), ("12 pods", "12 pods"),
            ("&#91;x&lt;", "&\u{200B}\\#91;x&\u{200B}lt;"), ("R&D; AT&T", "R&\u{200B}D; AT&T"),
            ("a\u{202E}b\u{0}c", "abc"), (String(repeating: "a", count: 41), String(repeating: "a", count: 40) + "…"),
            ("a" + String(repeating: "\u{301}", count: 99), "a" + String(repeating: "\u{301}", count: 19) + "…"),
        ]
    )
    func words(text: String, shown: String) {
        let line = lines { _ in nil }.line(.init(text: text, utterances: [2]))
        #expect(line.unicodeScalars.elementsEqual("\(shown) (#2)".unicodeScalars), "\(line)")
    }

    @Test(
        "have the words that show them behind them, unless they are these words without some",
        arguments: [
            ("那个，我们，我们下周三前上线。", "我们下周三前上线", false), ("Well, we ship on Friday.", "We ship on Friday.", false),
            ("Yes, that is fine with me, let us do it on Friday.", "Ship on Friday", true),
            ("不上线", "上线", false), ("OK, and then there was the question of who pays for all of this", "who pays", true),
        ]
    )
    func quotes(quote: String, text: String, isShown: Bool) {
        let line = lines { _ in nil }.line(.init(text: text, utterances: [2], quote: quote))
        #expect(line.contains("“") == isShown, "\(line)")
    }

    @Test("are the same in the document, with links and without")
    func document() {
        let action = Minutes.Action(
            line: .init(text: "scale_up", utterances: [1], quote: "We take *twelve*."),
            owner: "Bob [PM]",
            due: "Friday",
            dueDay: CivilTime(year: 2026, month: 11, day: 27)
        )
        var minutes = Minutes(source: .model("m_1"), language: .english, actions: [action])
        minutes.topics = [.init(text: "Load", utterances: [1, 2], start: 723)]
        let markdown = MinutesDocument(minutes, of: transcript) { "https://f.example/m#\($0)" }.markdown
        let owed =
            "- **Bob \\[PM\\], due Friday (2026-11-27)** scale\\_up "
            + "([#1 Bob \\[PM\\] 00:12:03](https://f.example/m#1)) — “We take \\*twelve\\*.”"
        #expect(markdown.contains(owed), "\(markdown)")
        let topic = "- 00:12:03 Load ([#1](https://f.example/m#1), [#2](https://f.example/m#2))"
        #expect(markdown.contains(topic), "\(markdown)")
        #expect(markdown.contains("Written by m\\_1"))
        #expect(!MinutesDocument(minutes, of: transcript).markdown.contains("f.example"))
    }
}
