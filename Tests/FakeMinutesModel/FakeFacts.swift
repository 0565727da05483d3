import JSON

/// A fact as a model writes it.
struct FakeFact: Equatable {
    var kind: String
    var text: String
    var utterances: [Int]
    var quote: String?
    var owner: String?
    var due: String?

    var json: JSONValue {
        var object: JSONObject = [
            "kind": .string(kind), "text": .string(text), "utterances": .array(utterances.map { .integer(Int64($0)) }),
        ]
        if let quote { object["quote"] = .string(quote) }
        if let owner { object["owner"] = .string(owner) }
        if let due { object["due"] = .string(due) }
        return .object(object)
    }
}

/// The facts of a model that does everything right: cut out of the transcript, a topic for every stretch, and what the
/// speakers announce in so many words.
enum FakeFacts {
    static func facts(of turns: [Turn], atMost limit: Int) -> [FakeFact] {
        guard !turns.isEmpty else { return [] }
        let announced = Array(turns.compactMap(announced).prefix(limit / 2))
        let places = max(1, limit - announced.count)
        let length = max(1, (turns.count + places - 1) / places)
        let topics = stride(from: 0, to: turns.count, by: length).compactMap { start in
            topic(Array(turns[start..<min(start + length, turns.count)]))
        }
        return (announced + topics).enumerated()
            .sorted { ($0.element.utterances[0], $0.offset) < ($1.element.utterances[0], $1.offset) }.map(\.element)
    }

    /// Says what the longest turn of a stretch begins with, and cites the longest of each third.
    private static func topic(_ stretch: [Turn]) -> FakeFact? {
        let third = max(1, (stretch.count + 2) / 3)
        let cited = stride(from: 0, to: stretch.count, by: third).compactMap { start in
            stretch[start..<min(start + third, stretch.count)].max { $0.text.count < $1.text.count }
        }
        guard let main = cited.max(by: { $0.text.count < $1.text.count }), hasWords(main.text) else {
            // Nothing but sounds; a stretch is not passed over for that.
            return cited.first.map { FakeFact(kind: "topic", text: "\($0.speaker)", utterances: cited.map(\.number)) }
        }
        return FakeFact(kind: "topic", text: beginning(of: main.text), utterances: cited.map(\.number).sorted())
    }

    private static func announced(_ turn: Turn) -> FakeFact? {
        let text = turn.text.lowercased()
        let sentence = beginning(of: turn.text)
        let said = sentence.lowercased()
        if decisions.contains(where: said.contains) {
            return FakeFact(kind: "decision", text: sentence, utterances: [turn.number], quote: sentence)
        }
        if promises.contains(where: said.contains) {
            let due = dates.first(where: text.contains).flatMap { date in
                turn.text.foldedRange(of: date).map { String(turn.text[$0]) }
            }
            return FakeFact(
                kind: "action",
                text: sentence,
                utterances: [turn.number],
                quote: sentence,
                owner: turn.speaker,
                due: due
            )
        }
        return nil
    }

    private static let decisions = ["we decided", "we agreed", "let's go with", "decision:", "决定", "就这么定", "那就用", "同意"]
    private static let promises = ["i'll ", "i will ", "i can take", "我来", "我会", "我负责", "我去"]
    private static let dates = [
        "by wednesday", "by friday", "by monday", "next week", "tomorrow", "this afternoon", "下周三前", "周五之前", "明天", "下周",
        "月底前", "今天", "明年",
    ]

    private static func hasWords(_ text: String) -> Bool { text.contains { $0.isLetter } }

    /// The first characters, cut before a word or behind a pause so that no number or name is cut in two.
    static func beginning(of text: String) -> String {
        let most = text.unicodeScalars.contains { $0.value >= 0x4E00 && $0.value < 0xA000 } ? 60 : 140
        guard text.count > most else { return text }
        let head = text.prefix(most)
        let isPause: (Character) -> Bool = { " ，。；、！？".contains($0) }
        guard let pause = head.lastIndex(where: isPause), pause > head.startIndex else { return String(head) }
        return String(head[..<pause])
    }
}

extension String {
    /// Where words stand, whatever their case.
    fileprivate func foldedRange(of words: String) -> Range<String.Index>? {
        guard let found = lowercased().firstRange(of: words) else { return nil }
        let folded = lowercased()
        let offset = folded.distance(from: folded.startIndex, to: found.lowerBound)
        guard let start = index(startIndex, offsetBy: offset, limitedBy: endIndex),
            let end = index(start, offsetBy: words.count, limitedBy: endIndex)
        else { return nil }
        return start..<end
    }
}
