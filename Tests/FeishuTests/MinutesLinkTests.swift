import Feishu
import Testing

@Suite("Links to minutes")
struct MinutesLinkTests {
    private static let token = "obcn9rvqs208mtkb3zu0h4z3"

    @Test(
        "are found in whatever people write around them",
        arguments: [
            ("https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3", "acme.feishu.cn"),
            ("帮我整理https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3谢谢", "acme.feishu.cn"),
            ("[纪要](https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3)", "acme.feishu.cn"),
            ("x https://a-b.c.larksuite.com/minutes/obcn9rvqs208mtkb3zu0h4z3?from=copy#t=1", "a-b.c.larksuite.com"),
            ("HTTPS://ACME.Feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3/", "acme.feishu.cn"),
            ("\"http://feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3\"", "feishu.cn"),
        ]
    )
    func found(text: String, host: String) throws {
        let links = MinutesLink.find(in: text)
        #expect(links.map(\.token) == [Self.token])
        #expect(links.map(\.host) == [host])
        #expect(links.first?.url == "https://\(host)/minutes/\(Self.token)")
    }

    @Test(
        "are no other addresses, however they look",
        arguments: [
            "https://feishu.cn.evil.example/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://evilfeishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://evil.example/acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://acme.feishu.cn@evil.example/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://user@acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://evil.example/?https:/acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "javascript://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "xhttps://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://acme.feishu.cn:8443/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3", "acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://acme.feishu.cn/x/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z", "https://acme.feishu.cn/minutes/",
            "https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3a",
            "https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h4z3_", "/minutes/obcn9rvqs208mtkb3zu0h4z3",
            "https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h/z3",
            "https://acme.feishu.cn/docx/obcn9rvqs208mtkb3zu0h4z3",
        ]
    )
    func refused(text: String) { #expect(MinutesLink.find(in: text).isEmpty) }

    @Test("are given once each, in order, and no more than asked for")
    func several() {
        func url(_ number: Int) -> String { "https://acme.feishu.cn/minutes/obcn9rvqs208mtkb3zu0h00\(number)" }
        let text = [1, 2, 1, 3].map(url).joined(separator: " ")
        #expect(MinutesLink.find(in: text).map(\.token.last) == ["1", "2", "3"])
        #expect(MinutesLink.find(in: text, atMost: 2).count == 2)
        #expect(MinutesLink(url: url(7))?.token.last == "7")
        #expect(MinutesLink(url: "https://acme.feishu.cn/docx/x") == nil)
    }

    @Test("take time that grows with the text only")
    func hostile() {
        let text = String(repeating: "https://a.feishu.cn/minutes/", count: 40_000)
        let clock = ContinuousClock()
        var links: [MinutesLink] = []
        let took = clock.measure { links = MinutesLink.find(in: text) }
        #expect(links.isEmpty)
        #expect(took < .seconds(5))
    }

    @Test("a token is 24 letters and digits of ASCII")
    func tokens() {
        #expect(MinutesLink.isToken(Self.token))
        for text in ["", "obcn", Self.token + "x", "obcn9rvqs208mtkb3zu0h4é", "obcn9rvqs208mtkb3zu0h4z/"] {
            #expect(!MinutesLink.isToken(text))
        }
    }
}
