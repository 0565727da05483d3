import TestSupport

/// A turn of the transcript as a model reads it.
struct Turn: Equatable {
    let number: Int
    let speaker: String
    let text: String

    /// `12 Bob: words`
    init?(_ line: Substring) {
        guard let colon = line.firstRange(of: ": ") else { return nil }
        let head = line[..<colon.lowerBound]
        guard let blank = head.firstIndex(of: " "), let number = Int(head[..<blank]) else { return nil }
        self.number = number
        speaker = String(head[head.index(after: blank)...])
        text = String(line[colon.upperBound...])
    }
}

/// What a request asks for, read off its text.
struct ReadRequest {
    enum Wanted {
        case facts, repair, summary, other
    }

    let wanted: Wanted
    /// Of the part in question, without what is only read along.
    let turns: [Turn]
    /// The lines of facts to summarise.
    let facts: [Substring]
    /// How many facts it asks for at most.
    let mostFacts: Int
    /// Changes with what is asked and not with when.
    let number: Int

    var isEven: Bool { number % 2 == 0 }

    init(_ request: FakeModelRequest) {
        let text = request.text
        let lines = text.split(separator: "\n")
        facts = Self.block("<facts>", "</facts>", in: lines)
        turns = Self.block("<transcript>", "</transcript>", in: lines).compactMap(Turn.init)
        let isRepair = lines.contains("<quote>")
        wanted =
            if !facts.isEmpty { .summary } else if isRepair { .repair } else if !turns.isEmpty { .facts } else {
                .other
            }
        mostFacts = Self.number(behind: "at most ", in: text) ?? 20
        number = turns.first?.number ?? 0
    }

    private static func block(_ open: Substring, _ close: Substring, in lines: [Substring]) -> [Substring] {
        guard let first = lines.firstIndex(of: open), let last = lines[first...].firstIndex(of: close) else {
            return []
        }
        return Array(lines[(first + 1)..<last])
    }

    private static func number(behind words: String, in text: String) -> Int? {
        // Behind the transcript, where the request's own words are.
        text.ranges(of: words).last.flatMap { Int(text[$0.upperBound...].prefix { $0.isNumber }) }
    }
}
