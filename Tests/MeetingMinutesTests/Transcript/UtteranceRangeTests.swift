import MeetingMinutes
import Testing
import TestSupport

@Suite("Where utterances stand")
struct UtteranceRangeTests {
    /// Each text's utterances with what stands at their ranges.
    private func places(_ text: String) -> [(text: String, place: String)] {
        let bytes = Array(text.utf8)
        return TranscriptParser().parse(text).utterances.map {
            ($0.text, String(decoding: bytes[$0.range], as: UTF8.self))
        }
    }

    @Test(
        "the words of a turn are those at its range in the text as it was given",
        arguments: [
            Transcripts.chinese, Transcripts.english, "\u{FEFF}张伟： 开始吧 \r\n  李娜:\u{3000}好的，😀先看数据\t",
            "prose only\nand more",
        ]
    )
    func single(text: String) {
        for (words, place) in places(text) { #expect(words == place) }
    }

    @Test(
        "a turn of several lines goes from its first word to its last",
        arguments: [Transcripts.export, Transcripts.englishExport]
    )
    func several(text: String) {
        for (words, place) in places(text) {
            #expect(words.filter { !$0.isWhitespace } == place.filter { !$0.isWhitespace })
            #expect(place.first?.isWhitespace == false && place.last?.isWhitespace == false)
        }
    }

    @Test("ranges follow one another and never overlap")
    func order() {
        for text in [
            Transcripts.chinese, Transcripts.export,
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Bob>Hi</v>\n\n00:03.000 --> 00:04.000\n<v Ann>Ho</v>",
        ] {
            let ranges = TranscriptParser().parse(text).utterances.map(\.range)
            #expect(!ranges.isEmpty && ranges.allSatisfy { !$0.isEmpty })
            for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.upperBound <= next.lowerBound) }
        }
    }
}
