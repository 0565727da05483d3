import TimeZones

/// What the lines before the meeting say about it; none of them is an utterance.
struct TranscriptHeader {
    private(set) var title: String?
    private(set) var date: String?
    private(set) var day: CivilTime?
    private(set) var keywords: [String] = []
    private(set) var attendees: [SpeakerName] = []
    /// How many lines it takes.
    let length: Int

    /// The most lines of a header; more of them before the first turn are text.
    private static let longest = 16
    /// The most characters of a title, or of any header line in a transcript without times.
    private static let longestLine = 60

    init(_ text: TranscriptLines, form: TranscriptForm) {
        length = Self.length(of: text, form)
        var awaited: HeaderLabel?
        for line in text.lines.prefix(length) {
            switch line.kind {
            case .label(let label, _, let value):
                awaited = value.isEmpty && label != .other ? label : nil
                note(label, text.source.string(value))
            case .words, .turn:
                let whole = text.source.string(line.whole)
                let isItem = Marks.bullets.length(at: line.whole, in: text.source) != nil
                if let label = awaited {
                    note(label, whole)
                    // A list of people may have one on each line.
                    if label != .attendees || !isItem { awaited = nil }
                } else if Self.isShort(whole), let found = CalendarDate.first(in: whole) {
                    note(.date, found.words)
                    if let rest = found.title { note(.title, rest) }
                } else if Self.isShort(whole), let end = whole.last, !"。！？.!?：:".contains(end) {
                    note(.title, Self.withoutBullets(whole))
                }
            case .time, .cue, .number: break
            }
        }
    }

    /// Takes in a line such as `参会人：…`; the first title and date count.
    mutating func note(_ label: HeaderLabel, _ value: String) {
        guard !value.isEmpty else { return }
        switch label {
        case .title: title = title ?? value
        case .date:
            guard date == nil else { return }
            date = value.split { "｜|".contains($0) }.first.map { Self.trimmed($0) }
            if Self.isShort(value) { day = CalendarDate.first(in: value)?.day }
        case .keywords: keywords += value.split { "，、,;；|｜".contains($0) }.map(Self.trimmed).filter { !$0.isEmpty }
        case .attendees: attendees += Self.names(in: value)
        case .role, .other: break
        }
    }

    /// The people in a list. Blanks separate them only where nothing else does, and only Chinese names: `Ann Lee` is one.
    static func names(in list: String) -> [SpeakerName] {
        var parts = list.split(maxSplits: mostPeople) { "，、,;；".contains($0) }.prefix(mostPeople)
        if parts.count == 1, SpeakerName.isHan(list.unicodeScalars) == true {
            parts = list.split(separator: " ", maxSplits: mostPeople).prefix(mostPeople)
        }
        return parts.filter { $0.utf8.count <= 200 }
            .flatMap { $0.contains(" and ") ? $0.split(separator: " and ") : [$0] }
            .compactMap { part in
                var part = withoutBullets(trimmed(part))
                if part.hasPrefix("and ") { part.removeFirst(4) }
                return SpeakerName.read(withoutCount(part))
            }
    }

    /// The most people of one list; nobody reads on behind them.
    private static let mostPeople = 1_000

    /// `李四` of `李四等5人`.
    private static func withoutCount(_ name: String) -> String {
        guard name.hasSuffix("人"), let mark = name.lastIndex(of: "等") else { return name }
        let count = name[name.index(after: mark)...].dropLast()
        return count.allSatisfy { $0.isNumber || $0 == " " } ? String(name[..<mark]) : name
    }

    /// The lines before the first turn, where something shows that they are about the meeting: times at the turns, a label
    /// or a date.
    private static func length(of text: TranscriptLines, _ form: TranscriptForm) -> Int {
        guard form.isTimed || form.isMostlyTurns || text.hasCues || !form.isTyped else { return 0 }
        var isAboutMeeting = form.isTimed || !form.isTyped
        for (index, line) in text.lines.enumerated().prefix(longest + 1) {
            switch line.kind {
            case .turn(let speaker, let start, let words):
                let entry = text.speakers.names[speaker]
                if form.isTurn(of: entry, words: words, isTimed: start != nil) || isText(line, in: text, form) {
                    return isAboutMeeting ? index : 0
                }
            case .label(let label, let name, _):
                if label == .role, form.speaks(role: name) { return isAboutMeeting ? index : 0 }
                isAboutMeeting = true
            case .words(_, let start):
                let whole = text.source.string(line.whole)
                if start != nil || isText(line, in: text, form)
                    || form.lone(whole) != nil && TranscriptForm.beginsTurn(at: index, in: text)
                {
                    return isAboutMeeting ? index : 0
                }
                if isShort(whole), CalendarDate.first(in: whole) != nil { isAboutMeeting = true }
            case .cue: return index
            case .time: return isAboutMeeting ? index : 0
            case .number: break
            }
        }
        return 0
    }

    /// Whether a line is too long to be about the meeting; where each turn has a time, none is.
    private static func isText(_ line: TranscriptLine, in text: TranscriptLines, _ form: TranscriptForm) -> Bool {
        !form.isTimed && !isShort(text.source.string(line.whole))
    }

    private static func isShort(_ line: String) -> Bool {
        line.utf8.count <= longestLine * 4 && line.count <= longestLine
    }

    private static func withoutBullets(_ line: String) -> String {
        String(line.drop { "-*>•·# ".contains($0) })
    }

    private static func trimmed(_ text: Substring) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
