import Testing

@testable import Assistant

@Suite("Links in answers")
struct AnswerLinksTests {
    @Test(
        "say where they lead, and images are links",
        arguments: [
            ("see [this](https://a.example/x?q=1).", "see [this](https://a.example/x?q=1) (a.example)."),
            ("![x](https://a.example/p.png)", "[x](https://a.example/p.png) (a.example)"),
            ("a ![x](img_v3_1) b", "a [x](img_v3_1) b"),
            (
                "[bank.example](https://bank.example@evil.example/)",
                "[bank.example](https://bank.example@evil.example/) (evil.example)"
            ),
            ("[evil.example](https://evil.example/)", "[evil.example](https://evil.example/)"),
            ("[a](<https://e.example/b c> \"t\")", "[a](<https://e.example/b c> \"t\") (e.example)"),
            ("[a](//e.example)[b](tel:5)", "[a](//e.example) (e.example)[b](tel:5) (tel)"),
            ("[a](https://e.example/(b)) c", "[a](https://e.example/(b)) (e.example) c"),
            ("[a](\nhttps://e.example)", "[a]\u{200B}(\nhttps://e.example)"),
            ("so it is [1].\n\n[1]: https://e.example", "so it is [1].\n\n[1]\u{200B}: https://e.example"),
            ("    ```\n[a](https://e.example)", "    ```\n[a](https://e.example) (e.example)"),
        ]
    )
    func disclosed(text: String, expected: String) {
        #expect(AnswerLinks.disclosed(text) == expected)
    }

    @Test(
        "code and everything else stays as it is",
        arguments: [
            "`[a](https://e.example)` and ``b ` [c](https://e.example)``",
            "```swift\nlet x = a[0](https)\n[1]: x\n```", "~~~\n```\n[a](https://e.example)\n~~~", "[1] and [2], a](b",
            "- [ ] open\n- [x] done", "https://e.example is bare", "[a](#part)", "数组[0](括号)",
        ]
    )
    func unchanged(text: String) {
        let isBroken = text.hasSuffix("a](b")
        #expect(AnswerLinks.disclosed(text) == (isBroken ? "[1] and [2], a]\u{200B}(b" : text))
    }
}
