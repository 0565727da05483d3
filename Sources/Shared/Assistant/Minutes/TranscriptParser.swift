/// Reads a pasted transcript.
///
/// Knows `张伟：…`, `Alice: …`, `[00:12:03] Bob: …`, `Bob 00:12:03` with the words on the next lines (Feishu's own export),
/// and the cues of WebVTT and SubRip (`00:01.000 --> …`, `<v Bob>…`). A line that names nobody continues the turn before
/// it, and so does one that names somebody in another way than the rest of the transcript (`TranscriptForm`). Lines before
/// the first turn are about the meeting (`TranscriptHeader`).
package struct TranscriptParser: Sendable {
    package init() {}

    package func parse(_ text: String) -> Transcript {
        let lines = text.split(omittingEmptySubsequences: true) { $0.isNewline }.map(TranscriptLine.init)
        let form = TranscriptForm(lines)
        var header = TranscriptHeader(lines, form: form)
        var draft = Draft()
        for line in lines.dropFirst(header.length) {
            switch line.kind {
            case .turn(let name, let start, let words):
                if form.isTurn(of: name, words: words, isTimed: start != nil || draft.time != nil) {
                    draft.begin(speaker: name, start: start, words: words)
                } else {
                    draft.add(line.whole)
                }
            case .words(let words, let start):
                if let start { draft.time = start }
                draft.add(words)
            case .time(let start): draft.time = start
            case .label(let label, let name, let value):
                if label == .role, form.speaks(role: name) {
                    draft.begin(speaker: name, start: nil, words: value)
                } else if form.isTimed {
                    draft.add(line.whole)
                } else {
                    header.note(label, value)
                }
            case .nothing: break
            }
        }
        return Transcript(
            utterances: draft.utterances,
            title: header.title,
            date: header.date,
            keywords: header.keywords,
            attendees: header.attendees
        )
    }

    /// The utterances so far.
    private struct Draft {
        /// The start of what comes next, from a line of its own.
        var time: Int?
        private var turns: [(speaker: String?, start: Int?, text: String)] = []
        private var continues = false

        mutating func begin(speaker: String, start: Int?, words: String) {
            turns.append((speaker, start ?? time, words))
            time = nil
            continues = true
        }

        mutating func add(_ words: String) {
            if continues, time == nil, let last = turns.indices.last {
                let old = turns[last].text
                turns[last].text = old.isEmpty ? words : old + (Self.needsSpace(old) ? " " : "") + words
            } else {
                // Prose, or a subtitle that names nobody: each line or cue stands for itself.
                turns.append((nil, time, words))
                continues = time != nil
                time = nil
            }
        }

        var utterances: [Utterance] {
            turns.filter { !$0.text.isEmpty }.enumerated().map { index, turn in
                Utterance(number: index + 1, speaker: turn.speaker, start: turn.start, text: turn.text)
            }
        }

        private static func needsSpace(_ text: String) -> Bool {
            text.unicodeScalars.last.map { $0.value < 0x2E80 } ?? false
        }
    }
}
