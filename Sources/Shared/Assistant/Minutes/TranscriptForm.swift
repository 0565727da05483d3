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
    /// Whether most of the text is turns; a name that occurs once in anything else is prose, as in `Note: …`.
    let isMostlyTurns: Bool

    /// Whether each turn has a time, so that a line without one continues the turn before it.
    var isTimed: Bool { style != .plain }

    init(_ lines: [TranscriptLine]) {
        var counts: [String: Int] = [:]
        var attendees: Set<String> = []
        var timed: [String] = []
        var headings: [String] = []
        var turns = 0
        var spoken = 0
        var followsTime = false
        for line in lines {
            switch line.kind {
            case .turn(let name, let start, let words):
                counts[name, default: 0] += 1
                turns += 1
                spoken += 1
                if start != nil || followsTime { timed.append(name) }
                if start != nil, words.isEmpty { headings.append(name) }
            case .words: spoken += 1
            case .label(let label, let name, let value):
                if label == .attendees { attendees.formUnion(TranscriptHeader.names(in: value)) }
                if label == .role { counts[name, default: 0] += 1 }
            case .time, .nothing: break
            }
            if case .time = line.kind { followsTime = true } else { followsTime = false }
        }
        let untimed = turns - timed.count
        style =
            if headings.count >= 2, headings.count * 2 > timed.count, headings.count >= untimed {
                .headings
            } else if timed.count >= 2, timed.count >= untimed {
                .timed
            } else {
                .plain
            }
        regulars = Set(style == .headings ? headings : timed)
        isMostlyTurns = turns * 2 >= spoken
        self.counts = counts
        self.attendees = attendees
    }

    /// Whether somebody begins to speak in a line that looks so. `isTimed`: in it or just above it is a time.
    func isTurn(of name: String, words: String, isTimed: Bool) -> Bool {
        let count = counts[name, default: 0]
        switch style {
        case .headings: return isTimed && (words.isEmpty || regulars.contains(name))
        case .timed where isTimed: return count > 1 || SpeakerName.isPlausible(name)
        case .timed: return regulars.contains(name)
        case .plain:
            return attendees.contains(name) || count > 2
                || (isMostlyTurns || isTimed || count > 1) && SpeakerName.isPlausible(name)
        }
    }

    /// Whether a role such as `主持人` speaks; one that occurs once is a line about the meeting.
    func speaks(role: String) -> Bool { style == .plain && counts[role, default: 0] > 1 }
}
