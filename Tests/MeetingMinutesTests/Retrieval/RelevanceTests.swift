import LanguageModel
@testable import MeetingMinutes
import TestSupport
import Testing

@Suite("Whether a question is about a meeting")
struct RelevanceTests {
    private static func transcripts(_ language: String) throws -> [Transcript] {
        try MeetingFixture.names.filter { $0.hasPrefix(language) }.map { try MeetingFixture($0).transcript }
    }

    /// All meetings of a language, one after the other, as one.
    private static func all(_ language: String) throws -> Transcript {
        var utterances: [Utterance] = []
        for utterance in try transcripts(language).flatMap(\.utterances) {
            let number = utterances.count + 1
            utterances.append(
                Utterance(number: number, speaker: utterance.speaker, start: utterance.start, text: utterance.text)
            )
        }
        return Transcript(utterances: utterances)
    }

    @Test(
        "a question about anything is about none of the meetings",
        arguments: [
            "今天天气如何", "今天天气如何？", "你好", "谢谢", "在吗", "你能做什么", "介绍一下你自己", "帮我写一封请假邮件", "把这段话翻译成英文", "北京到上海高铁多久",
            "Python 怎么读取 CSV 文件？", "年假有几天", "讲个笑话", "中午吃什么", "什么是机器学习", "帮我润色一下这段文字",
            "What is the weather today?", "hello", "thanks", "what can you do?", "Translate this into Chinese",
            "What is the capital of France?", "Explain microservices", "Tell me a joke", "6 x 7?",
            "why is the sky blue",
            "What is the difference between TCP and UDP?", "Summarise this article", "How do I reset my password?",
        ]
    )
    func others(question: String) throws {
        let language = WrittenLanguage(of: question) == .english ? "en" : "zh"
        for transcript in try Self.transcripts(language) + [Self.all(language)] {
            #expect(TranscriptIndex(transcript).relevance(of: question) < TranscriptIndex.leastRelevance)
        }
    }

    @Test(
        "a question is about the meeting that spoke of it, and what answers it is among the passages of ten meetings",
        arguments: [
            ("zh-product", "退款入口最后放哪里？", 12), ("zh-product", "陆鸣什么时候提测？", 11), ("zh-product", "退款的工单有多少？", 2),
            ("zh-incident", "故障影响了多少订单？", 5), ("zh-incident", "为什么一个节点重启就全垮了", 7), ("zh-incident", "数据库连接数的上限是多少？", 8),
            ("zh-site", "浇六层要多少混凝土？", 4), ("zh-site", "泵车怎么了？", 5), ("zh-site", "养护的薄膜谁去领？", 12),
            ("en-product", "Why do we ask for a phone number?", 4),
            ("en-product", "How many customers hit the export timeout?", 10),
            ("en-product", "Where does the phone check move?", 7),
            ("en-hiring", "What did Ben worry about with Imran?", 9),
            ("en-hiring", "What is the salary range, and who said so?", 19),
            ("en-hiring", "Who checks the references?", 17),
            ("en-incident", "How many orders were lost?", 5), ("en-school", "Which course on medication?", 20),
        ]
    )
    func gold(name: String, question: String, gold: Int) throws {
        let own = try MeetingFixture(name).transcript
        #expect(TranscriptIndex(own).relevance(of: question) >= TranscriptIndex.leastRelevance)
        let all = TranscriptIndex(try Self.all(String(name.prefix(2))))
        #expect(all.relevance(of: question) >= TranscriptIndex.leastRelevance)
        let words = try #require(own[gold]).text
        #expect(all.passages(for: question, atMost: 2_000).contains { $0.text == words })
    }

    @Test("what a meeting came to is about that meeting, and seldom about another", arguments: ["zh", "en"])
    func marks(language: String) throws {
        let names = MeetingFixture.names.filter { $0.hasPrefix(language) }
        let indexes = try names.map { TranscriptIndex(try MeetingFixture($0).transcript) }
        var own = (all: 0, about: 0)
        var other = (all: 0, about: 0)
        for (place, name) in names.enumerated() {
            for mark in try MeetingFixture(name).marks {
                for (index, transcript) in indexes.enumerated() {
                    let isAbout = transcript.relevance(of: mark.text) >= TranscriptIndex.leastRelevance ? 1 : 0
                    if index == place {
                        own = (own.all + 1, own.about + isAbout)
                    } else {
                        other = (other.all + 1, other.about + isAbout)
                    }
                }
            }
        }
        #expect(Double(own.about) >= 0.95 * Double(own.all), "\(own)")
        #expect(Double(other.about) <= 0.06 * Double(other.all), "\(other)")
    }

    @Test("a person who speaks counts as said; a related word does, too; of nothing there is nothing")
    func people() {
        let index = TranscriptIndex(TranscriptParser().parse(Transcripts.chinese))
        #expect(index.relevance(of: "李娜怎么看？") == 1)
        #expect(index.relevance(of: "陈晨怎么看？") == 0)
        #expect(index.relevance(of: "支付系统有什么故障") > 0)
        #expect(index.relevance(of: "") == 0)
        #expect(TranscriptIndex(Transcript(utterances: [])).relevance(of: "李娜") == 0)
        #expect(index.relevance(of: String(repeating: "支付回调 payment ", count: 50_000)) > 0)
    }
}
