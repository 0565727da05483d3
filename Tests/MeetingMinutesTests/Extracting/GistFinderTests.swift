import LanguageModel
import TestSupport
import Testing

@testable import MeetingMinutes

@Suite("Gist of a meeting")
struct GistFinderTests {
    private func transcript(_ lines: [String]) -> Transcript {
        Transcript(
            utterances: lines.enumerated().map { place, line in
                Utterance(number: place + 1, speaker: place % 2 == 0 ? "A" : "B", start: nil, text: line)
            }
        )
    }

    @Test("says what the meeting is about and leaves the small talk out")
    func english() {
        let lines = GistFinder().lines(
            of: transcript([
                "Good morning, did you watch the game last night?", "Yes, what a game it was, I loved it.",
                "The payment service loses webhook calls when the queue of the service is over its memory.",
                "Because the webhook consumers of the payment service restart on every deployment.",
                "My cat is ill, I have to go to the doctor with her at noon.",
                "The move of the webhook consumers out of the payment service is planned for March.",
                "Is lunch at noon?",
            ]),
            atMost: .init(sentences: 3, length: 60)
        )
        #expect(lines.map(\.utterances) == [[3], [4], [6]])
    }

    @Test("says what a Chinese meeting is about, without what only speech has")
    func chinese() {
        let lines = GistFinder().lines(
            of: transcript([
                "大家早上好，昨晚的球赛你们看了吗？", "看了看了，挺精彩的，就是太晚了。",
                "嗯，支付系统的回调延迟达到了三秒，这这个原因是消息队列积压，消费者数量不足。",
                "计划把支付系统回调的消费者从四个扩到十二个，消息队列积压超过一千条的时候报警。", "散会以后一起吃饭吧，食堂今天有红烧肉。",
            ]),
            atMost: .init(sentences: 2, length: 120)
        )
        #expect(lines.map(\.utterances) == [[3], [4]])
        #expect(lines.first?.text.hasPrefix("支付系统") == true && lines.first?.text.contains("这这") == false)
    }

    @Test("keeps within both bounds, in the meeting's order, the same each time", arguments: [1, 40, 120])
    func bounds(length: Int) {
        let meeting = transcript(
            (0..<300).map {
                "Point \($0) of the release plan concerns the topic \($0 % 7) and the owner of system \($0 % 11)."
            }
        )
        let lines = GistFinder().lines(of: meeting, atMost: .init(sentences: 5, length: length))
        #expect(lines == GistFinder().lines(of: meeting, atMost: .init(sentences: 5, length: length)))
        #expect(lines.count <= 5)
        #expect(lines.reduce(0) { $0 + $1.text.split(separator: " ").count } <= length)
        #expect(lines.map { $0.utterances[0] } == lines.map { $0.utterances[0] }.sorted())
    }

    @Test("of nothing there is no gist", arguments: [[], ["..."], ["！！！", "。"]])
    func nothing(lines: [String]) {
        #expect(GistFinder().lines(of: transcript(lines)).isEmpty)
    }
}
