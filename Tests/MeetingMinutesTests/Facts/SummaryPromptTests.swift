import LanguageModel
import MeetingMinutes
import Testing

@Suite("The summary from facts")
struct SummaryPromptTests {
    private let facts = [
        Fact(kind: .topic, text: "支付回调延迟", utterances: [2, 3]),
        Fact(kind: .decision, text: "消费者扩到十二个", utterances: [4]),
        Fact(kind: .action, text: "扩容", utterances: [5], owner: "李娜", due: "下周三前"),
    ]

    @Test("is asked for from numbered facts and never from the transcript")
    func request() throws {
        let prompt = SummaryPrompt(facts: facts, language: .chinese)
        let request = try #require(prompt.request)
        #expect(
            request.messages[1].content
                == "<facts>\n1 topic: 支付回调延迟\n2 decision: 消费者扩到十二个\n3 action: 扩容 (李娜, 下周三前)\n</facts>"
        )
        #expect(SummaryPrompt(facts: [], language: .english).request == nil)
    }

    @Test("is told what the meeting's template asks for")
    func guidance() throws {
        let request = try #require(SummaryPrompt(facts: facts, language: .chinese, guidance: "Blocked first.").request)
        #expect(request.messages[0].content.hasSuffix("or date.\nBlocked first."))
    }

    @Test("keeps the lines that cite facts, with the facts' utterances, and drops the others")
    func reading() {
        let reading = SummaryPrompt(facts: facts, language: .chinese).read(
            """
            <think>[1]</think>
            1. 讨论了支付回调延迟 [1]。
            - 决定扩容，由李娜负责 [#2, 3]
            * 凭空 [9]
            没有出处
            ```
            【总结】一句【1-2】
            还有 [1]
            """
        )
        #expect(reading.lines.map(\.text) == ["讨论了支付回调延迟。", "决定扩容，由李娜负责", "【总结】一句", "还有"])
        #expect(reading.lines.map(\.facts) == [[0], [1, 2], [0, 1], [0]])
        #expect(reading.lines.map(\.utterances) == [[2, 3], [4, 5], [2, 3, 4], [2, 3]])
        #expect(reading.dropped == 2)
    }

    @Test("of too many facts decisions and actions go first, and the rest is spread over the meeting")
    func chosen() throws {
        let many = (1...400).map { number in
            Fact(kind: number % 40 == 0 ? .decision : .topic, text: "fact of number \(number)", utterances: [number])
        }
        let prompt = SummaryPrompt(facts: many, language: .english, maximumTokens: 800)
        let request = try #require(prompt.request)
        let numbers = request.messages[1].content.split(separator: "\n").compactMap { Int($0.prefix { $0.isNumber }) }
        #expect(numbers == numbers.sorted() && numbers.count > 40 && numbers.count < 120)
        #expect(numbers.filter { $0 % 40 == 0 }.count == 10)
        let gaps = zip(numbers, numbers.dropFirst()).map { $1 - $0 }
        #expect(gaps.max() ?? 400 <= 32)
        // A fact that was not shown cannot be cited.
        let hidden = try #require((1...400).first { !numbers.contains($0) })
        #expect(prompt.read("x [\(hidden)]").lines.isEmpty)
    }

    @Test("cites at most as many utterances as a fact may, some of each fact")
    func citations() {
        let wide = (0..<5).map { place in
            Fact(kind: .topic, text: "t", utterances: Array(place * 20 + 1...place * 20 + 12))
        }
        let line = SummaryPrompt(facts: wide, language: .english).read("all [1-5]").lines[0]
        #expect(line.utterances.count == 12)
        #expect(Set(line.utterances.map { ($0 - 1) / 20 }) == [0, 1, 2, 3, 4])
    }
}
