/// What a model's summary holds that rests on facts.
package struct SummaryReading: Sendable, Equatable {
    /// One sentence of a summary.
    package struct Line: Sendable, Equatable, Codable {
        /// Without the numbers.
        package let text: String
        /// Places in the list of facts, ascending, at least one.
        package let facts: [Int]
        /// Of these facts, ascending, at most `FactSchema.mostCitations`.
        package let utterances: [Int]

        /// As minutes hold it.
        package var minutesLine: Minutes.Line { Minutes.Line(text: text, utterances: utterances) }

        /// As what is held against the transcript: its numbers, names and dates must be in what it cites.
        package var fact: Fact { Fact(kind: .topic, text: text, utterances: utterances) }
    }

    package let lines: [Line]
    /// How many lines were dropped, since no fact that they cite exists, or they cite none.
    package let dropped: Int

    /// In characters; a longer line is no summary.
    private static let longestLine = 400

    /// - Parameters:
    ///   - reply: What the model wrote.
    ///   - facts: Those of the meeting.
    ///   - shown: Places in `facts` that the model knows of.
    init(_ reply: String, facts: [Fact], shown: Set<Int>) {
        var lines: [Line] = []
        var dropped = 0
        let answer = reply.prefix(64 << 10)
        let text = answer.ranges(of: "</think>").last.map { answer[$0.upperBound...] } ?? answer
        for piece in text.split(whereSeparator: \.isNewline) {
            let (words, numbers) = Self.parted(piece)
            guard words.contains(where: { $0.isLetter || $0.isNumber }), !words.hasPrefix("```") else { continue }
            let cited = Set(numbers.map { $0 - 1 }.filter(shown.contains)).sorted()
            guard !cited.isEmpty, words.count <= Self.longestLine, lines.count < SummaryPrompt.mostLines else {
                dropped += 1
                continue
            }
            let utterances = Self.utterances(of: cited.map { facts[$0] })
            lines.append(Line(text: words, facts: cited, utterances: utterances))
        }
        self.lines = lines
        self.dropped = dropped
    }

    /// The first of each fact, then their second ones, until there are enough.
    private static func utterances(of facts: [Fact]) -> [Int] {
        var chosen: Set<Int> = []
        for round in 0..<FactSchema.mostCitations {
            for fact in facts where round < fact.utterances.count && chosen.count < FactSchema.mostCitations {
                chosen.insert(fact.utterances[round])
            }
        }
        return chosen.sorted()
    }

    /// A line without its bullet and its brackets of numbers, and these numbers.
    private static func parted(_ line: Substring) -> (words: String, numbers: [Int]) {
        var words = ""
        var numbers: [Int] = []
        var rest = line
        while let open = rest.firstIndex(where: { "[【［".contains($0) }) {
            words += rest[..<open]
            let inside = rest[rest.index(after: open)...].prefix { !"]】］".contains($0) }
            let found = self.numbers(in: inside)
            if found.isEmpty || inside.endIndex == rest.endIndex {
                words += String(rest[open])
                rest = rest[rest.index(after: open)...]
            } else {
                numbers += found
                rest = rest[rest.index(after: inside.endIndex)...]
            }
        }
        words += rest
        return (withoutBullet(words), numbers)
    }

    /// `3, 7`, `#3`, `3、7`, `3-5`; nothing where other words stand between.
    private static func numbers(in text: Substring) -> [Int] {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber || " #,，、;；-–~".contains($0) }) else { return [] }
        return text.split { " #,，、;；".contains($0) }.flatMap { piece -> [Int] in
            let ends = piece.split { "-–~".contains($0) }.compactMap { Int($0) }
            if ends.count == 2, ends[0] < ends[1], ends[1] - ends[0] < 40 { return Array(ends[0]...ends[1]) }
            return ends
        }
    }

    private static func withoutBullet(_ text: String) -> String {
        var words = text.split(whereSeparator: \.isWhitespace)[...]
        if let first = words.first, ["-", "*", "•", "·"].contains(first) || isOrdinal(first) {
            words = words.dropFirst()
        }
        var line = words.joined(separator: " ")
        // What is left before the full stop where the brackets stood.
        for mark in [".", "。", "；", ";"] where line.hasSuffix(" " + mark) {
            line = String(line.dropLast(2)) + mark
        }
        return line
    }

    /// `1.`, `2)`, `3、`
    private static func isOrdinal(_ word: Substring) -> Bool {
        guard let last = word.last, ".)、）".contains(last) else { return false }
        let digits = word.dropLast()
        return !digits.isEmpty && digits.count < 3 && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }
}
