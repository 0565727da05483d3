/// How a transcript shows who speaks. Only all its lines together tell: a turn in one transcript is text in another.
struct TranscriptForm {
    private enum Style {
        /// `Name 00:12` on a line of its own, the words below.
        case headings
        /// A time with each name.
        case timed
        /// Names only.
        case plain
    }

    private let style: Style
    /// How often each name begins a line.
    private let counts: [String: Int]
    /// Those that do so in the way of the style.
    private let regulars: Set<String>
    private let attendees: Set<String>
    /// The names that stand alone on a line where a turn begins, by how they are written.
    private let loneNames: [String: SpeakerName]
    /// Whether most of the text is turns; a name that occurs once in anything else is prose, as in `Note: …`.
    let isMostlyTurns: Bool

    /// Whether each turn has a time, so that a line without one continues the turn before it.
    var isTimed: Bool { style != .plain }
    /// Whether people wrote it, who may call somebody now by one name and now by another; programs do not.
    var isTyped: Bool { style == .plain && loneNames.isEmpty }

    init(_ text: TranscriptLines) {
        var counts: [String: Int] = [:]
        var attendees: Set<String> = []
        var timed: [String] = []
        var headings: [String] = []
        var turns = 0
        var spoken = 0
        var followsTime = false
        /// Those below a time on a line of its own.
        var below = 0
        for line in text.lines {
            switch line.kind {
            case .turn(let speaker, let start, let words):
                let name = text.speakers.names[speaker].speaker.name
                counts[name, default: 0] += 1
                turns += 1
                spoken += 1
                if start != nil || followsTime { timed.append(name) }
                if start == nil, followsTime, !text.hasCues { below += 1 }
                if start != nil, words.isEmpty { headings.append(name) }
            case .words: spoken += 1
            case .label(let label, let name, let value):
                if label == .attendees {
                    attendees.formUnion(TranscriptHeader.names(in: text.source.string(value)).map(\.name))
                }
                if label == .role { counts[name, default: 0] += 1 }
            case .time, .cue, .number: break
            }
            switch line.kind {
            case .time, .cue: followsTime = true
            default: followsTime = false
            }
        }
        let untimed = turns - timed.count
        // A time now and then above one of many turns is no part of them.
        let isNowAndThen = below * 2 > timed.count && untimed * 4 > timed.count
        style =
            if headings.count >= 2, headings.count * 2 > timed.count, headings.count >= untimed {
                .headings
            } else if timed.count >= 2, timed.count >= untimed, !isNowAndThen {
                .timed
            } else {
                .plain
            }
        regulars = Set(style == .headings ? headings : timed)
        isMostlyTurns = turns * 2 >= spoken
        loneNames = turns * 4 > spoken ? [:] : Self.loneNames(in: text)
        self.counts = counts
        self.attendees = attendees
    }

    /// Whether somebody begins to speak in a line that looks so. `isTimed`: in it or just above it is a time.
    func isTurn(of entry: SpeakerTable.Entry, words: Range<Int>, isTimed: Bool) -> Bool {
        let name = entry.speaker.name
        let count = counts[name, default: 0]
        switch style {
        case .headings: return isTimed && (words.isEmpty || regulars.contains(name))
        case .timed where isTimed: return count > 1 || entry.isPlausible
        case .timed: return regulars.contains(name)
        case .plain where !loneNames.isEmpty: return false
        case .plain:
            return attendees.contains(name) || count > 2
                || (isMostlyTurns || isTimed || count > 1) && entry.isPlausible
        }
    }

    /// Whether a role such as `主持人` speaks; one that occurs once is a line about the meeting.
    func speaks(role: String) -> Bool { style == .plain && counts[role, default: 0] > 1 }

    /// Who begins to speak in a line that is only a name, beside a time.
    func lone(_ words: String) -> SpeakerName? { loneNames[words] }

    /// Names below the times of subtitles, as speech recognition exports them, or above a time on a line of its own, as
    /// meetings are copied out of a window: they come again and again, and most turns begin with one.
    private static func loneNames(in text: TranscriptLines) -> [String: SpeakerName] {
        var counts: [String: Int] = [:]
        var turns = 0
        for index in text.lines.indices {
            guard beginsTurn(at: index, in: text) else { continue }
            turns += 1
            guard let words = loneWords(at: index, in: text) else { continue }
            counts[words, default: 0] += 1
        }
        var names: [String: SpeakerName] = [:]
        var repeated = 0
        var all = 0
        for (words, count) in counts {
            guard let name = SpeakerName.read(words), name.isPlausible else { continue }
            names[words] = name
            all += count
            if count > 1 { repeated += count }
        }
        // One that comes once is a name only where every turn begins with one.
        guard repeated >= 2, all == turns || repeated * 2 > turns else { return [:] }
        return all == turns ? names : names.filter { counts[$0.key, default: 0] > 1 }
    }

    /// Whether a line is next to a time that begins a turn: below a subtitle's, or above a time alone.
    static func beginsTurn(at index: Int, in text: TranscriptLines) -> Bool {
        if index > 0, case .cue = text.lines[index - 1].kind { return true }
        if index + 1 < text.lines.count, case .time = text.lines[index + 1].kind { return true }
        return false
    }

    /// The words of a line that may be a name: short, and not all that is said there.
    static func loneWords(at index: Int, in text: TranscriptLines) -> String? {
        guard case .words(let words, nil) = text.lines[index].kind, words.count <= 96,
            index + 1 < text.lines.count, !text.lines[index + 1].followsBlank || !text.hasCues
        else { return nil }
        if case .cue = text.lines[index + 1].kind { return nil }
        let name = text.source.string(words)
        return name.hasSuffix(".") ? nil : name
    }
}
