/// What the lines before the meeting say about it; none of them is an utterance.
struct TranscriptHeader {
    private(set) var title: String?
    private(set) var date: String?
    private(set) var keywords: [String] = []
    private(set) var attendees: [String] = []
    /// How many lines it takes.
    let length: Int

    /// The most lines of a header; more of them before the first turn are text.
    private static let longest = 16
    /// The most characters of a title, or of any header line in a transcript without times.
    private static let longestLine = 60

    init(_ lines: [TranscriptLine], form: TranscriptForm) {
        length = Self.length(of: lines, form)
        var awaited: TranscriptLine.Label?
        for line in lines.prefix(length) {
            switch line.kind {
            case .label(let label, _, let value):
                awaited = value.isEmpty && label != .other ? label : nil
                note(label, value)
            case .words, .turn:
                if let label = awaited {
                    note(label, line.whole)
                    awaited = nil
                } else if Self.hasDate(line.whole) {
                    note(.date, line.whole)
                } else if line.whole.count <= Self.longestLine, let end = line.whole.last, !"。！？.!?：:".contains(end) {
                    note(.title, line.whole)
                }
            case .time, .nothing: break
            }
        }
    }

    /// Takes in a line such as `参会人：…`; the first title and date count.
    mutating func note(_ label: TranscriptLine.Label, _ value: String) {
        guard !value.isEmpty else { return }
        switch label {
        case .title: title = title ?? value
        case .date: date = date ?? value.split { "｜|".contains($0) }.first.map { Self.trimmed($0) }
        case .keywords: keywords += value.split { "，、,;；|｜".contains($0) }.map(Self.trimmed).filter { !$0.isEmpty }
        case .attendees: attendees += Self.names(in: value)
        case .role, .other: break
        }
    }

    /// The names in a list; blanks separate them only where nothing else does.
    static func names(in list: String) -> [String] {
        let parts = list.split { "，、,;；/".contains($0) }
        return (parts.count > 1 ? parts : list.split(separator: " ")).map(trimmed).filter { !$0.isEmpty }
    }

    /// The lines before the first turn, where something shows that they are about the meeting: times at the turns, a label
    /// or a date.
    private static func length(of lines: [TranscriptLine], _ form: TranscriptForm) -> Int {
        guard form.isTimed || form.isMostlyTurns else { return 0 }
        var isAboutMeeting = form.isTimed
        for (index, line) in lines.enumerated().prefix(longest + 1) {
            switch line.kind {
            case .turn(let name, let start, let words):
                if form.isTurn(of: name, words: words, isTimed: start != nil) || isText(line, form) {
                    return isAboutMeeting ? index : 0
                }
            case .label(let label, let name, _):
                if label == .role, form.speaks(role: name) { return isAboutMeeting ? index : 0 }
                isAboutMeeting = true
            case .words(_, let start):
                if start != nil || isText(line, form) { return isAboutMeeting ? index : 0 }
                if hasDate(line.whole) { isAboutMeeting = true }
            case .time: return isAboutMeeting ? index : 0
            case .nothing: break
            }
        }
        return 0
    }

    /// Whether a line is too long to be about the meeting; where each turn has a time, none is.
    private static func isText(_ line: TranscriptLine, _ form: TranscriptForm) -> Bool {
        !form.isTimed && line.whole.count > longestLine
    }

    private static func hasDate(_ line: String) -> Bool {
        let date =
            #/(?i)[0-9]{4}\s?[年\/.\-]\s?[0-9]{1,2}\s?[月\/.\-]\s?[0-9]{1,2}|\b[0-9]{1,2}(?:st|nd|rd|th)?\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?\s[0-9]{4}|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s[0-9]{1,2}(?:st|nd|rd|th)?,?\s[0-9]{4}/#
        return line.count <= longestLine && line.firstMatch(of: date) != nil
    }

    private static func trimmed(_ text: Substring) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
