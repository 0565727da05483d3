import LanguageModel
import MeetingMinutes
import TestSupport

/// Minutes of any size, made of words that try to be more than words.
struct HostileMinutes {
    private static let words = [
        "[x](https://evil.example)", "![a](img_v3)", "<at id=all></at>", "<at user_id=\"all\">", "](", "[", "]", "`",
        "```", "`\u{301}", "\n\n# H\n", "\r\n- ", "&#91;x&#93;(//evil.example)", "\u{202E}", "|a|b|\n|-|-|",
        "https://evil.example/?q=1", "\\", "\"", "**", "</font>", "~~", "{\"a\":1}", "1. ", "扩容支付回调的消费者",
        "scale the consumers", "八千条", "\u{0}", "👨‍👩‍👧", "a\u{301}\u{302}", "[1]: https://evil.example",
    ]

    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func transcript() -> Transcript {
        let utterances = (1...Int.random(in: 1...40, using: &random)).map { number in
            Utterance(
                number: number,
                speaker: text(3),
                start: Bool.random(using: &random) ? number * 7 : nil,
                text: "…"
            )
        }
        return Transcript(
            utterances: utterances,
            title: text(40),
            date: text(9),
            attendees: (0..<Int.random(in: 0...60, using: &random)).map { _ in text(5) }
        )
    }

    mutating func minutes() -> Minutes {
        var minutes = Minutes(source: .model(text(4)), language: Bool.random(using: &random) ? .chinese : .english)
        minutes.title = text(40)
        let most = [0, 3, 12, 60].randomElement(using: &random) ?? 0
        minutes.summary = lines(min(most, 12))
        minutes.decisions = lines(most)
        minutes.questions = lines(most)
        minutes.risks = lines(most)
        minutes.numbers = lines(most)
        minutes.topics = lines(most).map {
            .init(text: $0.text, utterances: $0.utterances, start: 61, doubts: $0.doubts)
        }
        minutes.actions = lines(most).map { .init(line: $0, owner: maybe(2), due: maybe(2)) }
        minutes.parts = (0..<Int.random(in: 0...80, using: &random)).map { .init($0...$0 + 3, .failed) }
        minutes.omissions = [.init(.action, .tooMany, 9), .init(.question, .answered, 2)]
        minutes.template = [nil, .standUp, .board, .lecture].randomElement(using: &random) ?? nil
        minutes.isSummaryQuoted = Bool.random(using: &random)
        return minutes
    }

    private mutating func lines(_ most: Int) -> [Minutes.Line] {
        (0..<Int.random(in: most / 2...most, using: &random)).map { _ in
            Minutes.Line(
                text: text([4, 20, 400].randomElement(using: &random) ?? 4),
                utterances: (0...Int.random(in: 0...6, using: &random)).map { $0 * 7 + 1 },
                quote: maybe(30),
                doubts: Bool.random(using: &random) ? GroundedFact.Doubt.allCases : []
            )
        }
    }

    private mutating func maybe(_ most: Int) -> String? { Bool.random(using: &random) ? text(most) : nil }

    private mutating func text(_ most: Int) -> String {
        (0...Int.random(in: 0...most, using: &random)).map { _ in Self.words.randomElement(using: &random) ?? "" }
            .joined(separator: Bool.random(using: &random) ? " " : "")
    }
}
