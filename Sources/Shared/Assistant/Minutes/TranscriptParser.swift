/// Reads a pasted transcript.
///
/// Knows `张伟：…`, `Alice: …`, `[00:12:03] Bob: …`, `Bob 00:12:03` with the words on the next lines (Feishu's own export),
/// and the cues of WebVTT and SubRip (`00:01.000 --> …`, `<v Bob>…`). A line that names nobody continues the turn before
/// it. A name that occurs once in a text that is mostly prose is taken for prose, as in `Note: …`.
package struct TranscriptParser: Sendable {
    package init() {}

    package func parse(_ text: String) -> Transcript {
        let lines = text.split(omittingEmptySubsequences: true) { $0.isNewline }.map(TranscriptLine.init)
        var counts: [String: Int] = [:]
        var turns = 0
        var spoken = 0
        for line in lines {
            switch line.kind {
            case .turn(let name, _, _):
                counts[name, default: 0] += 1
                turns += 1
                spoken += 1
            case .words: spoken += 1
            case .label, .time, .nothing: break
            }
        }
        let isMostlyTurns = turns * 2 >= spoken

        var draft = Draft()
        for line in lines {
            switch line.kind {
            case .turn(let name, let start, let words):
                if isMostlyTurns || start != nil || counts[name, default: 0] > 1 {
                    draft.begin(speaker: name, start: start, words: words)
                } else {
                    draft.add(line.whole)
                }
            case .words(let words, let start):
                if let start { draft.time = start }
                draft.add(words)
            case .time(let start): draft.time = start
            case .label(let label, let value): draft.note(label: label, value: value)
            case .nothing: break
            }
        }
        return draft.finished()
    }

    /// The transcript so far.
    private struct Draft {
        /// The start of what comes next, from a line of its own.
        var time: Int?
        private var turns: [(speaker: String?, start: Int?, text: String)] = []
        private var title: String?
        private var attendees: [String] = []
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

        mutating func note(label: TranscriptLine.Label, value: String) {
            switch label {
            case .title: title = title ?? value
            case .attendees:
                attendees += value.split { "，、,;；/ ".contains($0) }.map(String.init)
            case .other: break
            }
        }

        func finished() -> Transcript {
            let spoken = turns.filter { !$0.text.isEmpty }
            let utterances = spoken.enumerated().map { index, turn in
                Utterance(number: index + 1, speaker: turn.speaker, start: turn.start, text: turn.text)
            }
            return Transcript(utterances: utterances, title: title, attendees: attendees)
        }

        private static func needsSpace(_ text: String) -> Bool {
            text.unicodeScalars.last.map { $0.value < 0x2E80 } ?? false
        }
    }
}
