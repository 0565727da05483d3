import Testing

@testable import FeishuSandbox

@Suite("Styles within a line")
struct MarkdownInlineTests {
    @Test("an escaped mark ends nothing, and entities are the signs they stand for")
    func escapes() {
        let runs = MarkdownInline.runs("- **a\\*b** [#1 Bob \\[PM\\]](https://f.example/x) &lt;at&gt; R&amp;D `a\\`")
        #expect(runs.map(\.text) == ["- ", "a*b", " ", "#1 Bob [PM]", " <at> R&D ", "a\\"])
        #expect(runs.map(\.link) == [nil, nil, nil, "https://f.example/x", nil, nil])
        #expect(runs.map(\.isBold) == [false, true, false, false, false, false])
    }
}
