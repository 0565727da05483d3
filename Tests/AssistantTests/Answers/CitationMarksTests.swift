import Testing

@testable import Assistant

@Suite("Numbers in brackets")
struct CitationMarksTests {
    @Test(
        "what no passage has is taken out, and each mark stands alone",
        arguments: [
            ("Three seconds [3].", "Three seconds [3]."), ("Three seconds [9].", "Three seconds."),
            ("三秒[3][9]。", "三秒[3]。"),
            ("a [1, 3, 9] b", "a [1][3] b"), ("a [2-4] b", "a [2][3][4] b"), ("三秒【3】，【12】完", "三秒[3]，完"),
            ("a [0] b", "a b"),
            ("[#2]", "[2]"), ("[1]: x", "[1]: x"),
        ]
    )
    func marks(text: String, expected: String) {
        #expect(CitationMarks.known(in: text, upTo: 4) == expected)
    }

    @Test(
        "other brackets, links and code stay as they are",
        arguments: [
            "[ ] todo, [x] done", "[2026]", "[00:12:03]", "[2026-11-20]", "[9](https://a.example)", "`a[9]`",
            "```\na[9]\n```\n",
            "a [", "[9", "[]", "[ , ]", "[1-2-3]", "[4-1]", "[1-999]", "【会议】", "``a` [9]``",
        ]
    )
    func others(text: String) {
        #expect(CitationMarks.known(in: text, upTo: 4) == text)
    }

    @Test("a text of nothing but brackets takes no longer than it is long")
    func hostile() {
        let text = String(repeating: "[1,", count: 200_000) + String(repeating: "`", count: 3)
        #expect(CitationMarks.known(in: text, upTo: 4) == text)
        #expect(CitationMarks.known(in: String(repeating: "[9]", count: 100_000), upTo: 4).isEmpty)
    }
}
