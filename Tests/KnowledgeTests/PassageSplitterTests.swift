import LanguageModel
import Testing

@testable import Knowledge

@Suite("Passages")
struct PassageSplitterTests {
    private let splitter = PassageSplitter(target: 20, maximum: 40)

    private func pieces(_ text: String) -> [PassageSplitter.Piece] { splitter.pieces(of: text) }

    @Test("stand under their headings, whose levels open and close")
    func headings() {
        let text = "before\n\n# A\n\none\n\n## B #\ntwo\n\n### C\nthree\n\n## D\nfour\n# E\n"
        #expect(
            pieces(text) == [
                .init(headings: [], text: "before"), .init(headings: ["A"], text: "one"),
                .init(headings: ["A", "B"], text: "two"), .init(headings: ["A", "B", "C"], text: "three"),
                .init(headings: ["A", "D"], text: "four"),
            ]
        )
    }

    @Test(
        "numbers of chapters make headings, and those of lists none",
        arguments: [
            ("第三章 数据分级", 2), ("第十二节 罚则", 3), ("一、总则", 4), ("（三）附则", 5), ("2.1 Scope of work", 4), ("3.1.4 范围", 5),
        ]
    )
    func numbers(_ line: String, _ level: Int) {
        #expect(Heading(of: line[...], isFirst: true)?.level == level)
        #expect(Heading(of: line[...], isFirst: false) == nil)
    }

    @Test(
        "lines that only look like headings are text",
        arguments: ["第一次开会的时候大家都来了", "1. 买菜", "2.5 倍。", "#tag", "一共三天", "3.5", "第三章说明了这一点。", "（见附件）"]
    )
    func noHeadings(_ line: String) {
        #expect(Heading(of: line[...], isFirst: true) == nil)
    }

    @Test("end between paragraphs once they are long enough")
    func paragraphs() {
        let paragraph = String(repeating: "字", count: 15)
        #expect(pieces([paragraph, paragraph, paragraph].joined(separator: "\n\n")).map(\.text.count) == [32, 15])
    }

    @Test("never exceed their bound: long paragraphs are cut at lines, sentences, or anywhere")
    func longParagraphs() {
        let texts = [
            (0..<30).map { "line number \($0)" }.joined(separator: "\n"),
            String(repeating: "这是一句话。", count: 40),
            String(repeating: "字", count: 500),
            String(repeating: "word and more. ", count: 100),
        ]
        for text in texts {
            let pieces = pieces(text)
            #expect(pieces.count > 2)
            #expect(pieces.allSatisfy { TokenEstimate.tokens(in: $0.text) <= 40 })
            let letters = { (text: String) in text.filter { !$0.isWhitespace } }
            #expect(letters(pieces.map(\.text).joined()) == letters(text))
        }
    }

    @Test("of a long table all have its head")
    func tables() {
        let rows = (1...20).map { "| 第\($0)行 | 数 |" }
        let pieces = pieces((["| 名 | 值 |", "| --- | --- |"] + rows).joined(separator: "\n"))
        #expect(pieces.count > 3)
        #expect(pieces.allSatisfy { $0.text.hasPrefix("| 名 | 值 |\n| --- | --- |\n| 第") })
        #expect(rows.allSatisfy { row in pieces.filter { $0.text.contains(row) }.count == 1 })
    }

    @Test("do not take code for headings")
    func code() {
        #expect(pieces("```\n# not a heading\n\nstill code\n```\n").map(\.headings) == [[]])
    }
}
