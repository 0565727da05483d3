import LanguageModel
import Testing

@Suite("Words in Markdown")
struct MarkdownTextTests {
    @Test(
        "stay words: marks are escaped, also where an accent stands on them, and lines are joined",
        arguments: [
            ("a_b *c* [d](e)!", "a\\_b \\*c\\* \\[d\\](e)\\!"), ("<at id=all></at>", "&lt;at id=all&gt;&lt;/at&gt;"),
            ("`\u{301}code`\u{301}", "\\`\u{301}code\\`\u{301}"), ("one\r\ntwo\nthree\rfour", "one two three four"),
            ("会议：八千条", "会议：八千条"),
        ]
    )
    func plain(text: String, expected: String) {
        #expect(text.plainInMarkdown.unicodeScalars.elementsEqual(expected.unicodeScalars))
    }
}
