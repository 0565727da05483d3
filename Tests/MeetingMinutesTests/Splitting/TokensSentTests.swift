import LanguageModel
import MeetingMinutes
import Testing

/// What a model is sent of a meeting, beside the words of the prompt: every chunk's lines and its context.
///
/// A question also has its instructions and the tags around the transcript, whose cost belongs to who writes them. With
/// 6,000 tokens a chunk, 1,000 of them leave the sum under 1.6 times the transcript.
@Suite("Tokens sent")
struct TokensSentTests {
    /// Of the 1.6 times the transcript's tokens that may be spent, what lines and contexts may take.
    private static let share = 1.35
    /// A meeting of few words may cost so much more.
    private static let constant = 200.0

    @Test("lines and contexts stay within their share of the transcript's own tokens", arguments: MeetingFixture.names)
    func fixtures(name: String) throws {
        let text = try MeetingFixture(name).text
        for maximum in [500, 1_500, 6_000] { check(text, maximum: maximum, overlap: maximum / 30) }
    }

    @Test("a meeting of six hours does so too")
    func long() {
        let text = (0..<12_000)
            .map {
                "说话人\($0 % 7) 0\($0 / 2_000):\($0 / 34 % 60 / 10)\($0 / 34 % 10):\($0 % 60 / 10)\($0 % 10)\n第\($0)句：我们把上线时间定在下周三，李娜负责通知客户。"
            }
            .joined(separator: "\n")
        check(text, maximum: 6_000, overlap: 200)
    }

    private func check(_ text: String, maximum: Int, overlap: Int) {
        let chunks = Chunker(maximumTokens: maximum, overlapTokens: overlap).chunks(of: TranscriptParser().parse(text))
        let sent = chunks.reduce(0) { sum, chunk in
            sum + (chunk.context + chunk.utterances).reduce(0) { $0 + $1.lineTokens }
        }
        let own = TokenEstimate.tokens(in: text)
        #expect(Double(sent) <= Self.share * Double(own) + Self.constant)
    }
}
