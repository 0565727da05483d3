import LanguageModel
import Testing

@Suite("Sentence splitter")
struct SentenceSplitterTests {
    @Test(
        "ends sentences where a reader would",
        arguments: [
            ("今天讨论预算。下周再定！可以吗？", ["今天讨论预算。", "下周再定！", "可以吗？"]),
            ("他说：“先上线。”然后散会；明天继续……好", ["他说：“先上线。”", "然后散会；", "明天继续……", "好"]),
            ("We ship on Friday. Who tests it? Bob!", ["We ship on Friday.", "Who tests it?", "Bob!"]),
            ("Dr. Smith met J. Doe at 3.30 p.m. on Monday.", ["Dr. Smith met J. Doe at 3.30 p.m. on Monday."]),
            (
                "It costs 2.5 million. See report.txt for details.",
                ["It costs 2.5 million.", "See report.txt for details."]
            ),
            ("He waited... then left. (Nobody asked.) Done.", ["He waited... then left.", "(Nobody asked.)", "Done."]),
            ("下一版用 Swift 6.2。Docker 镜像 v1.0 先不动。", ["下一版用 Swift 6.2。", "Docker 镜像 v1.0 先不动。"]),
            ("first line\nSecond line\n- third", ["first line", "Second line", "- third"]),
            ("this prose was wrapped by\nan editor. Next.", ["this prose was wrapped by an editor.", "Next."]),
            ("。。。！\n\n  \n…", []),
            ("", []),
        ]
    )
    func splitting(text: String, expected: [String]) {
        #expect(SentenceSplitter().sentences(in: text) == expected)
    }

    @Test("speech without punctuation is cut at commas and never exceeds the bound by more than the bound")
    func unpunctuated() {
        let speech = String(repeating: "我们先看一下这个方案然后再说别的事情，", count: 60)
        let sentences = SentenceSplitter(maximumLength: 100).sentences(in: speech)
        #expect(sentences.joined() == speech)
        #expect(sentences.allSatisfy { $0.count <= 101 && $0.hasSuffix("，") })
        let endless = String(repeating: "字", count: 1_000)
        #expect(SentenceSplitter(maximumLength: 100).sentences(in: endless).allSatisfy { $0.count <= 101 })
    }
}

@Suite("Tokenizer")
struct TokenizerTests {
    @Test("Chinese becomes characters and pairs that no function word interrupts")
    func chinese() {
        #expect(Tokenizer().terms(in: "预算的方案") == ["预", "预算", "算", "方", "方案", "案"])
    }

    @Test(
        "one English word in its forms is one term",
        arguments: [
            ["plan", "plans", "planned", "planning"], ["company", "companies"], ["deploy", "Deploys", "DEPLOYED"],
        ]
    )
    func stems(words: [String]) {
        let terms = Set(words.map { Tokenizer().terms(in: $0) })
        #expect(terms.count == 1, "\(terms)")
    }

    @Test("stop words and single letters are no terms, numbers are")
    func stops() {
        #expect(Tokenizer().terms(in: "We don't think that's a broken plan in 2026, x") == ["broken", "plan", "2026"])
    }

    @Test("scripts mix without spaces")
    func mixed() {
        #expect(Tokenizer().terms(in: "用Redis做队列") == ["用", "redis", "做", "做队", "队", "队列", "列"])
    }
}

@Suite("Written language")
struct WrittenLanguageTests {
    @Test(
        "is what most of the text is in",
        arguments: [
            ("请帮我看一下 Kubernetes 的配置", WrittenLanguage?.some(.chinese)),
            ("Please review the 纪要 before noon today", .english),
            ("hello", .english), ("👍 123", nil), ("", nil),
        ]
    )
    func detection(text: String, expected: WrittenLanguage?) {
        #expect(WrittenLanguage(of: text) == expected)
    }
}
