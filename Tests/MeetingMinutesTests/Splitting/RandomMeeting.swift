import MeetingMinutes
import TestSupport

/// Transcripts of any shape: long and short turns, with and without marks, in both scripts.
enum RandomMeeting {
    static func transcript(_ generator: inout SeededGenerator) -> Transcript {
        let names = [nil, "张三", "Bob Ray", "说话人 12", "Speaker 1"]
        let count = Int.random(in: 0...30, using: &generator)
        return Transcript(
            utterances: (0..<count).map { index in
                Utterance(
                    number: index + 1,
                    speaker: names.randomElement(using: &generator) ?? nil,
                    start: index * 5,
                    text: words(&generator)
                )
            }
        )
    }

    /// At least one letter; seldom much more than a chunk holds.
    private static func words(_ generator: inout SeededGenerator) -> String {
        let isLong = Int.random(in: 0..<12, using: &generator) == 0
        let count = Int.random(in: 1...(isLong ? 400 : 25), using: &generator)
        let pieces =
            Bool.random(using: &generator)
            ? ["好的", "我们", "下周三", "30万", "。", "，", "、", "？", "API", "…", "“行”"]
            : ["we", "ship", "on", "Friday", ". ", ", ", " ", "3.5", "? ", "naïve", "XMLHttp", "ĀĒĪ", "😀", "e.g. "]
        var text = "a"
        for _ in 0..<count { text += pieces.randomElement(using: &generator) ?? "" }
        return text + "z"
    }
}
