import LanguageModel
import TestSupport
import Testing

@testable import MeetingMinutes

@Suite("Facts by extraction")
struct FactExtractorTests {
    private func facts(_ text: String, _ kind: Fact.Kind) -> [Fact] {
        FactExtractor().facts(of: TranscriptParser().parse(text)).filter { $0.kind == kind }
    }

    @Test(
        "a whole meeting has facts of each kind, each with an utterance",
        arguments: [Transcripts.chinese, Transcripts.english]
    )
    func kinds(text: String) {
        let transcript = TranscriptParser().parse(text)
        let facts = FactExtractor().facts(of: transcript)
        for kind in [Fact.Kind.topic, .decision, .action, .question] {
            #expect(facts.contains { $0.kind == kind }, "\(kind)")
        }
        for fact in facts {
            #expect(!fact.utterances.isEmpty && fact.utterances == fact.utterances.sorted())
            #expect(fact.utterances.allSatisfy { transcript[$0] != nil })
        }
    }

    @Test(
        "what is not a topic quotes the utterance that it cites",
        arguments: [Transcripts.chinese, Transcripts.english]
    )
    func quotes(text: String) throws {
        let transcript = TranscriptParser().parse(text)
        for fact in FactExtractor().facts(of: transcript) where fact.kind != .topic {
            let quote = try #require(fact.quote)
            #expect(transcript[fact.utterances[0]]?.text.contains(quote) == true)
        }
    }

    @Test(
        "risks and figures are found by their words",
        arguments: [
            ("张伟：我担心供应商的接口赶不上测试", Fact.Kind.risk, true), ("张伟：这个没有风险", .risk, false),
            ("张伟：这一版的成本比上一版高了百分之十二", .number, true), ("张伟：我们下周再看这个问题", .number, false),
            ("Ann: There is a risk that the vendor slips again", .risk, true),
            ("Ann: Don't worry about it", .risk, false),
            ("Ann: The campaign cost us 12 percent more than last year", .number, true),
            ("Ann: We look at it again next week", .number, false),
        ]
    )
    func words(text: String, kind: Fact.Kind, isFound: Bool) {
        #expect(facts(text, kind).isEmpty != isFound)
    }

    @Test("a chunk is covered alone, with its own numbers, and owners who do not speak in it")
    func chunk() throws {
        let transcript = TranscriptParser().parse(Transcripts.chinese)
        let chunk = Chunk(
            index: 1,
            context: Array(transcript.utterances[..<7]),
            utterances: Array(transcript.utterances[7..<13])
        )
        let facts = FactExtractor().facts(of: chunk, people: transcript.people, language: transcript.language)
        #expect(!facts.isEmpty)
        #expect(facts.flatMap(\.utterances).allSatisfy { (8...13).contains($0) })
        let action = try #require(facts.first { $0.kind == .action })
        #expect(action.owner == "赵敏" && action.due == "明天下班前" && action.utterances == [8, 9])
    }

    @Test("of a meeting of six hours no more is listed than one reads, the tasks with owner and date first")
    func long() {
        var lines: [String] = []
        for turn in 0..<3_000 {
            lines.append(turn % 2 == 0 ? "张伟：我来跟进第\(turn)个问题。" : "李娜：我负责第\(turn)项，下周三前完成。")
        }
        let facts = FactExtractor().facts(of: TranscriptParser().parse(lines.joined(separator: "\n")))
        let actions = facts.filter { $0.kind == .action }
        #expect(actions.count == 25)
        #expect(actions.allSatisfy { $0.owner == "李娜" && $0.due == "下周三前" })
        #expect((1...20).contains(facts.count { $0.kind == .topic }))
    }

    @Test("of nothing said there are no facts", arguments: ["", "张伟：\n李娜：", "A: ...\nB: ！！！"])
    func nothing(text: String) {
        #expect(FactExtractor().facts(of: TranscriptParser().parse(text)).isEmpty)
    }
}
