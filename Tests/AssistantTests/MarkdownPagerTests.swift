import Feishu
import TestSupport
import Testing

@testable import Assistant

@Suite("Pages of long answers")
struct MarkdownPagerTests {
    @Test("what fits stays as it is, but for blank lines")
    func short() {
        let text = "# Title\n\nSome text.\n- a\n- b\n\n```swift\nlet a = 1\n\nlet b = 2\n```"
        #expect(MarkdownPager().pages(text) == [text])
        #expect(MarkdownPager().pages("  \n\n ") == [])
    }

    @Test("a page ends before a heading in its second half, and no heading stays behind alone")
    func headings() {
        let paragraph = String(repeating: "word ", count: 20)
        let text = ["# One", paragraph, paragraph, "# Two", paragraph, "# Three", paragraph].joined(separator: "\n\n")
        let pages = MarkdownPager(maximumBytes: 400).pages(text)
        #expect(pages.count == 2)
        #expect(pages[1].hasPrefix("# Two"))
        let alone = MarkdownPager(maximumBytes: 260).pages(
            [paragraph, paragraph, "# Head", paragraph].joined(separator: "\n\n")
        )
        #expect(alone.map { $0.hasSuffix("# Head") } == [false, false])
    }

    @Test("code that is larger than a page is fenced on each, a table has its header on each, and no line is lost")
    func large() {
        let code = (0..<60).map { "let line\($0) = \"\($0)\"" }
        let pages = MarkdownPager(maximumBytes: 500).pages("```swift\n" + code.joined(separator: "\n") + "\n```")
        #expect(pages.count > 3)
        #expect(pages.allSatisfy { $0.hasPrefix("```swift\n") && $0.hasSuffix("\n```") })
        #expect(pages.flatMap { $0.split(separator: "\n").dropFirst().dropLast() }.map(String.init) == code)

        let rows = (0..<60).map { "| \($0) | value \($0) |" }
        let head = "| n | v |\n| --- | --- |"
        let tables = MarkdownPager(maximumBytes: 500).pages(head + "\n" + rows.joined(separator: "\n"))
        #expect(tables.count > 2 && tables.allSatisfy { $0.hasPrefix(head + "\n") })
        #expect(tables.flatMap { $0.split(separator: "\n").dropFirst(2) }.map(String.init) == rows)
    }

    @Test("a fourth table goes to the next page; one in a fence is none")
    func tables() {
        let table = "| a | b |\n| - | - |\n| 1 | 2 |"
        let fenced = "```\n\(table)\n```"
        let pages = MarkdownPager().pages([table, fenced, table, table, table].joined(separator: "\n\n"))
        #expect(pages == [[table, fenced, table, table].joined(separator: "\n\n"), table])
    }

    @Test("random texts: every page fits, nothing visible is lost, fences are closed", arguments: 0..<40)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let kinds = ["# 标题", "一段文字，带\"引号\"和反斜杠\\。", "- 列表", "```py\nprint(1)\n```", "| a | b |\n|-|-|\n| 1 | 2 |", ""]
        let lines = (0..<Int.random(in: 1...80, using: &generator)).map { _ in
            let line = kinds[Int.random(in: 0..<kinds.count, using: &generator)]
            return line.hasPrefix("一")
                ? String(repeating: line, count: Int.random(in: 1...30, using: &generator)) : line
        }
        let text = lines.joined(separator: "\n")
        let pages = MarkdownPager(maximumBytes: 700).pages(text)
        for page in pages {
            #expect(TextSplitter.requestBytes(of: page) <= 700)
            #expect(page.split(separator: "\n").count { $0.hasPrefix("```") }.isMultiple(of: 2))
        }
        func visible(_ text: String) -> Int { text.count { "一段文字引号反斜杠标题列表".contains($0) } }
        #expect(pages.reduce(0) { $0 + visible($1) } == visible(text))
    }
}
