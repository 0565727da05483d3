import Glibc
import MeetingMinutes
import Testing
import TestSupport

@Suite("Hostile transcripts")
struct HostileTranscriptTests {
    private static let units = [
        "字", "\n", "\r\n", "：", ":\n", "1", "1\n", "\u{3000}", "a:\n", "00:01\n", "00:01 --> 00:02\n",
        "00:01 --> 00:02\n<i><b\n", "[(",
        "2026-11-20 10:00 ", "Bob: a\nb\nb\nb\n", "&&&&;", "Bob 00:01\n", "<v Bob>", "🇨🇳", "e\u{301}\u{302}",
        "Attendees\n", "参会人：张三、",
    ]
    /// Two turns, so that what follows belongs to the second.
    private static let opening = "Bob 00:01\nhello\nAnn 00:02\n"

    @Test("take time in proportion to their length", arguments: units, ["", opening])
    func linear(unit: String, opening: String) {
        // Eight times the text in about eight times the time, where a square would be sixty-four.
        func parse(bytes: Int) -> Duration {
            let text = opening + String(repeating: unit, count: bytes / unit.utf8.count)
            return Self.processorTime {
                let transcript = TranscriptParser().parse(text)
                _ = Chunker(maximumTokens: 500).chunks(of: transcript)
            }
        }
        let short = parse(bytes: 12_000)
        #expect(parse(bytes: 96_000) < max(short, .milliseconds(1)) * 20)
    }

    /// What this thread computed, whatever else the machine does.
    private static func processorTime(_ work: () -> Void) -> Duration {
        func now() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        let start = now()
        work()
        return now() - start
    }

    @Test("with different names in each line do so too")
    func names() {
        func parse(lines: Int) -> Duration {
            let text = (0..<lines).map { "Name\(String($0, radix: 26)) Ann（名\($0)）: words" }.joined(separator: "\n")
            return Self.processorTime { _ = TranscriptParser().parse(text) }
        }
        let short = parse(lines: 250)
        #expect(parse(lines: 2_000) < max(short, .milliseconds(1)) * 20)
    }

    @Test("of random bytes and marks never trap, and their ranges hold")
    func random() {
        var generator = SeededGenerator(seed: 41)
        let pieces = [
            "\n", "\r\n", ":", "：", "张三", "Bob", " ", "\u{3000}", "00:01", "00:00:01,500", " --> ", "1", "<v Ann>",
            "</v>", "(",
            "）", "2026-11-20", "参会人", "WEBVTT", "NOTE", "[", "】", "&amp;", "。", "😀", "\u{FEFF}", "\u{2028}", "PM", "下午",
            "-",
            "#", "主持人", "<", "{\\an8}", "e\u{301}", "字", "11/20/2026",
        ]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0..<40, using: &generator))
                .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let transcript = TranscriptParser().parse(text)
            var last = 0
            for (index, utterance) in transcript.utterances.enumerated() {
                #expect(utterance.number == index + 1 && !utterance.text.isEmpty)
                #expect(utterance.range.lowerBound >= last && utterance.range.upperBound <= text.utf8.count)
                last = utterance.range.upperBound
            }
        }
    }
}
