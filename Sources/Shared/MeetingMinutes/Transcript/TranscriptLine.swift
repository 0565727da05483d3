/// What one line of a transcript is.
struct TranscriptLine {
    enum Kind {
        /// Somebody begins to speak, by their place in the `SpeakerTable`; the words may follow on the next lines.
        case turn(speaker: Int, start: Int?, words: Range<Int>)
        case words(Range<Int>, start: Int?)
        case label(HeaderLabel, name: String, value: Range<Int>)
        /// A time on a line of its own, in seconds; the words follow.
        case time(Int)
        /// The times of a subtitle, in seconds; its words follow.
        case cue(start: Int, end: Int?)
        /// Digits and no more: the number of a subtitle or of a page.
        case number
    }

    let kind: Kind
    /// The line without the blanks around it.
    let whole: Range<Int>
    let followsBlank: Bool

    init(_ line: SourceText.Line, of source: SourceText, speakers: inout SpeakerTable) {
        whole = line.range
        followsBlank = line.followsBlank
        kind = Self.kind(of: line.range, in: source, &speakers)
    }

    /// Longest name, in Unicode scalars, with what surrounds it.
    private static let longestHead = 120
    /// Longest label, in bytes.
    private static let longestLabel = 24

    private static func kind(of line: Range<Int>, in source: SourceText, _ speakers: inout SpeakerTable) -> Kind {
        if source.isDigits(line) { return .number }
        var rest = line
        source.drop(.bullets, from: &rest)
        if let dated = dated(rest, in: source, &speakers) { return dated }
        let start = SpokenTime.take(from: &rest, in: source)
        if let start {
            if source.starts(rest, with: "-->") { return cue(from: start, rest, in: source) }
            source.drop(.dashes, from: &rest)
        }
        if let turn = voice(rest, start: start?.seconds, in: source, &speakers)
            ?? head(rest, start: start?.seconds, in: source, &speakers)
        {
            return turn
        }
        guard let start else {
            // `Attendees` on a line of its own.
            if rest.count <= longestLabel,
                case .label(let label, let name) = speakers.head(rest, in: source, mayBeLabel: true)
            {
                return .label(label, name: name, value: line.upperBound..<line.upperBound)
            }
            return .words(line, start: nil)
        }
        return rest.isEmpty ? .time(start.seconds) : .words(rest, start: start.seconds)
    }

    /// `--> 00:00:04.000 align:start`; what is behind the second time is how the subtitle looks.
    private static func cue(from start: SpokenTime, _ line: Range<Int>, in source: SourceText) -> Kind {
        var rest = line
        rest.drop(3)
        source.dropBlanks(&rest)
        return .cue(start: start.seconds, end: SpokenTime.take(from: &rest, in: source)?.roundedUp)
    }

    /// `2026-11-20 10:03:12 Name: words`, as chats are copied; only a turn, since else the date is what the line says.
    private static func dated(_ line: Range<Int>, in source: SourceText, _ speakers: inout SpeakerTable) -> Kind? {
        var rest = line
        if let length = Marks.openings.length(at: rest, in: source) { rest.drop(length) }
        let length = dateLength(at: rest, in: source)
        guard length >= 8 else { return nil }
        rest.drop(length)
        if !rest.isEmpty, source.bytes[rest.lowerBound] == 0x54 { rest.drop(1) }
        source.dropBlanks(&rest)
        guard let time = SpokenTime.take(from: &rest, in: source) else { return nil }
        source.drop(.dashes, from: &rest)
        guard let kind = head(rest, start: time.onClock(isAfternoon: false), in: source, &speakers),
            case .turn(let speaker, _, _) = kind
        else { return nil }
        // `sshd[1234]: …` is a line of a log.
        if speakers.names[speaker].speaker.qualifier?.allSatisfy(\.isNumber) == true { return nil }
        return kind
    }

    /// WebVTT's `<v Name>words`, also with classes as in `<v.loud Name>`.
    private static func voice(
        _ line: Range<Int>,
        start: Int?,
        in source: SourceText,
        _ speakers: inout SpeakerTable
    ) -> Kind? {
        guard source.starts(line, with: "<v ") || source.starts(line, with: "<v."),
            let end = line.first(where: { source.bytes[$0] == 0x3E }),
            let blank = (line.lowerBound..<end).first(where: { source.bytes[$0] == 0x20 }),
            let speaker = speakers.tagged(source.trimmed(blank..<end), in: source)
        else { return nil }
        return .turn(speaker: speaker, start: start, words: source.trimmed((end + 1)..<line.upperBound))
    }

    /// `Name: words`, `Name 00:12: words` or `Name 00:12`.
    private static func head(
        _ line: Range<Int>,
        start: Int?,
        in source: SourceText,
        _ speakers: inout SpeakerTable
    ) -> Kind? {
        var index = line.lowerBound
        var followsBreak = false
        for _ in 0..<longestHead where index < line.upperBound {
            let rest = index..<line.upperBound
            if let colon = Marks.colons.length(at: rest, in: source) {
                let before = source.trimmed(line.lowerBound..<index)
                let words = self.words(after: (index + colon)..<line.upperBound, in: source)
                switch speakers.head(before, in: source, mayBeLabel: true) {
                case .label(let label, let name): return .label(label, name: name, value: words)
                case .name(let speaker) where !source.starts(words, with: "//"):
                    return .turn(speaker: speaker, start: start, words: words)
                case .name, .nothing: return nil
                }
            }
            if followsBreak, source.isDigit(at: index) {
                var after = rest
                if let time = SpokenTime.take(from: &after, in: source),
                    let before = BeforeTime(line.lowerBound..<index, in: source),
                    case .name(let speaker) = speakers.head(before.name, in: source, mayBeLabel: false)
                {
                    if let colon = Marks.colons.length(at: after, in: source) { after.drop(colon) }
                    let seconds = before.isClock ? time.onClock(isAfternoon: before.isAfternoon) : time.seconds
                    return .turn(speaker: speaker, start: start ?? seconds, words: source.trimmed(after))
                }
            }
            let blank = source.blankLength(at: index)
            let length = blank > 0 ? blank : source.scalarLength(at: index)
            followsBreak = blank > 0 || Marks.openings.length(at: rest, in: source) != nil
            index += length
        }
        return nil
    }

    private static func words(after range: Range<Int>, in source: SourceText) -> Range<Int> {
        var words = range
        while !words.isEmpty {
            let length = source.bytes[words.lowerBound] == 0x2A ? 1 : source.blankLength(at: words.lowerBound)
            if length == 0 { break }
            words.drop(length)
        }
        return words
    }

    /// What stands before a time: a name, and perhaps a date or a half of the day, as in `张三 2026/11/20 10:03`.
    private struct BeforeTime {
        var name: Range<Int>
        /// Whether the time is that of a clock.
        var isClock = false
        var isAfternoon = false

        init?(_ range: Range<Int>, in source: SourceText) {
            name = source.trimmed(range)
            for _ in 0..<2 {
                var start = name.upperBound
                while start > name.lowerBound, source.blankLength(before: start, from: name.lowerBound) == 0 {
                    start -= 1
                }
                let token = start..<name.upperBound
                let isHalf = token.count == 6 && TranscriptLine.halves.contains { source.starts(token, with: $0) }
                guard start > name.lowerBound, isHalf || TranscriptLine.dateLength(at: token, in: source) == token.count
                else { break }
                isClock = true
                if source.starts(token, with: "下午") || source.starts(token, with: "晚上") { isAfternoon = true }
                name = source.trimmed(name.lowerBound..<start)
            }
            if name.isEmpty { return nil }
        }
    }

    private static let halves: [StaticString] = ["上午", "下午", "晚上"]

    /// Bytes of a date such as `2026-11-20`, `11/20` or `2026年11月20日` in front; 0 if there is none.
    private static func dateLength(at range: Range<Int>, in source: SourceText) -> Int {
        var rest = range
        var fields = 0
        while fields < 3 {
            let digits = rest.prefix(4).prefix { source.isDigit(at: $0) }.count
            guard digits > 0 else { break }
            rest.drop(digits)
            fields += 1
            guard let length = Self.dateMarks.length(at: rest, in: source) else { break }
            rest.drop(length)
        }
        return fields >= 2 ? rest.lowerBound - range.lowerBound : 0
    }

    private static let dateMarks = Marks("-/.年月日")
}
