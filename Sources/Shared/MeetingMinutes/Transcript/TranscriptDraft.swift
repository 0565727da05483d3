/// The turns of a transcript so far.
struct TranscriptDraft {
    struct Turn {
        let speaker: SpeakerName?
        var start: Int?
        var end: Int?
        var text: String
        var range: Range<Int>
    }

    private(set) var turns: [Turn] = []
    /// The start and end of what comes next, from a line of its own.
    private var time: (start: Int, end: Int?)?
    private var continues = false
    /// The times of the subtitle that is being read, in which several may speak.
    private var cue: (start: Int, end: Int?)?
    private let source: SourceText
    private let isSubtitled: Bool

    init(_ source: SourceText, isSubtitled: Bool) {
        self.source = source
        self.isSubtitled = isSubtitled
    }

    /// Whether what comes next has a time.
    var isTimed: Bool { time != nil }

    mutating func follows(start: Int, end: Int? = nil) {
        cue = isSubtitled ? (start, end) : nil
        if continues, let last = turns.indices.last, turns[last].text.isEmpty, turns[last].start == nil {
            (turns[last].start, turns[last].end) = (start, end)
        } else {
            time = (start, end)
        }
    }

    mutating func begin(_ speaker: SpeakerName, start: Int?, words: Range<Int>) {
        if isSentenceGoingOn(by: speaker) {
            time = nil
            add(words)
            return
        }
        append(speaker, start: start ?? time?.start ?? cue?.start, words)
        continues = true
    }

    mutating func add(_ words: Range<Int>) {
        if isSentenceGoingOn(by: nil) { time = nil }
        guard continues, time == nil, let last = turns.indices.last else {
            // Prose, or a subtitle that names nobody: each line or subtitle stands for itself.
            let isTimed = time != nil
            append(nil, start: time?.start, words)
            continues = isTimed
            return
        }
        let more = text(words)
        guard !more.isEmpty else { return }
        if turns[last].text.isEmpty {
            turns[last].range = words
        } else {
            if Self.needsSpace(between: turns[last].text, and: more) { turns[last].text += " " }
            turns[last].range = turns[last].range.lowerBound..<words.upperBound
        }
        turns[last].text += more
    }

    /// A line of digits: said in a subtitle, or where somebody has not said anything yet; else the number of a page.
    mutating func add(number: Range<Int>) {
        if isSubtitled || time != nil || turns.last?.text.isEmpty ?? false { add(number) }
    }

    /// Whether the subtitle that comes next continues a sentence of the one before: of the same person, at once, without a
    /// mark that ends it.
    private mutating func isSentenceGoingOn(by speaker: SpeakerName?) -> Bool {
        guard let time, let timeEnd = time.end, let last = turns.last, last.speaker == speaker, let end = last.end,
            time.start <= end, !last.text.isEmpty, last.text.utf8.count < Self.longestJoined,
            let mark = last.text.unicodeScalars.last, !Self.ends.contains(mark)
        else { return false }
        turns[turns.count - 1].end = timeEnd
        continues = true
        return true
    }

    /// In bytes: recognised speech may have no marks at all, and then a turn should still not grow without bound.
    private static let longestJoined = 300
    private static let ends = Set("。！？；….!?;”\"’』」)）".unicodeScalars)

    private mutating func append(_ speaker: SpeakerName?, start: Int?, _ words: Range<Int>) {
        turns.append(Turn(speaker: speaker, start: start, end: time?.end ?? cue?.end, text: text(words), range: words))
        time = nil
    }

    private func text(_ words: Range<Int>) -> String {
        isSubtitled ? SubtitleText.plain(source[words]) : source.string(words)
    }

    /// Chinese is written without spaces, so its lines are joined without them.
    private static func needsSpace(between text: String, and more: String) -> Bool {
        guard let last = text.unicodeScalars.last, let first = more.unicodeScalars.first else { return false }
        return last.value < 0x2E80 && first.value < 0x2E80
    }
}
