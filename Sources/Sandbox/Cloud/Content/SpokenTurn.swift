import JSON

/// One turn of a meeting.
struct SpokenTurn: Sendable, Equatable {
    /// Empty where nobody knows.
    let speaker: String
    /// Milliseconds from the beginning.
    let start: Int64
    let stop: Int64
    var text: String
}

/// What was said, as a test or a visitor of the sandbox writes it.
struct SpokenText {
    static let turnLimit = 20_000

    private(set) var turns: [SpokenTurn] = []
    /// The lines above the first turn.
    private(set) var preamble: [String] = []

    /// Reads a list of `{speaker, text, start_ms?, stop_ms?}`, or a text with headings such as `Name 00:12:03`, or else
    /// with lines such as `Name: words`. What has no time gets one by its length.
    init(_ json: JSONValue?) {
        if let items = json?.array {
            for item in items.prefix(Self.turnLimit) {
                add(
                    item["speaker"]?.string ?? "",
                    start: item["start_ms"]?.integer,
                    stop: item["stop_ms"]?.integer,
                    item["text"]?.string ?? ""
                )
            }
        } else {
            read(json?.string ?? "")
        }
        close()
    }

    /// A pace of speech, for what has no times.
    private static let millisecondsPerCharacter: Int64 = 180

    private mutating func read(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.last == "\r" ? line.dropLast() : line)
        }
        let hasHeadings = lines.contains { Self.heading($0) != nil }
        for line in lines where turns.count < Self.turnLimit {
            if hasHeadings, let heading = Self.heading(line) {
                add(heading.speaker, start: heading.start, stop: nil, "")
            } else if !hasHeadings, let (speaker, words) = Self.labelled(line) {
                add(speaker, start: nil, stop: nil, words)
            } else if let last = turns.indices.last {
                guard !line.allSatisfy(\.isWhitespace) else { continue }
                turns[last].text += turns[last].text.isEmpty ? line : "\n" + line
            } else {
                preamble.append(line)
            }
        }
    }

    private mutating func add(_ speaker: String, start: Int64?, stop: Int64?, _ text: String) {
        let previous = turns.last.map { max($0.stop, $0.start + Self.length($0.text)) } ?? 0
        let start = max(0, start ?? previous)
        turns.append(SpokenTurn(speaker: speaker, start: start, stop: stop ?? 0, text: text))
    }

    /// Gives each turn an end: that of its words, but not beyond the next one's beginning.
    private mutating func close() {
        for index in turns.indices where turns[index].stop <= turns[index].start {
            let turn = turns[index]
            let next = index + 1 < turns.count ? turns[index + 1].start : Int64.max
            let stop = turn.start + Self.length(turn.text)
            turns[index] = SpokenTurn(
                speaker: turn.speaker,
                start: turn.start,
                stop: next > turn.start ? min(stop, next) : stop,
                text: turn.text
            )
        }
    }

    private static func length(_ text: String) -> Int64 { max(1_000, Int64(text.count) * millisecondsPerCharacter) }

    /// `Name 00:12:03` or `Name 12:03`.
    private static func heading(_ line: String) -> (speaker: String, start: Int64)? {
        let words = line.split(separator: " ")
        guard words.count > 1, let time = words.last, line.count < 100 else { return nil }
        let parts = time.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int64($0) }
        guard (2...3).contains(parts.count), numbers.count == parts.count, numbers.allSatisfy({ (0..<1_000) ~= $0 })
        else { return nil }
        let seconds = numbers.reduce(0) { $0 * 60 + $1 }
        return (words.dropLast().joined(separator: " "), seconds * 1_000)
    }

    /// `Name: words` or `姓名：……`.
    private static func labelled(_ line: String) -> (String, String)? {
        guard let colon = line.firstIndex(where: { $0 == ":" || $0 == "：" }) else { return nil }
        let speaker = line[..<colon]
        guard (1...40).contains(speaker.count), !speaker.contains("/") else { return nil }
        let words = line[line.index(after: colon)...].drop(while: \.isWhitespace)
        return words.isEmpty ? nil : (String(speaker), String(words))
    }
}
