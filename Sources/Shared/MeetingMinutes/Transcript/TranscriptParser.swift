/// Reads a transcript out of a text: pasted, out of a file, or exported.
///
/// Knows `张伟：…`, `Alice: …`, `[00:12:03] Bob: …`, `Bob 00:12:03` with the words on the next lines (Feishu's own export),
/// `2026-11-20 10:03 张三：…` (a copied chat), and the subtitles of WebVTT and SubRip (`00:01.000 --> …`, `<v Bob>…`, tags, a
/// name in front or on a line of its own). A line that names nobody continues the turn before it, and so does one that
/// names somebody in another way than the rest of the transcript (`TranscriptForm`). Lines before the first turn are about
/// the meeting (`TranscriptHeader`). Each person has one name (`SpeakerUnifier`).
///
/// Takes time in proportion to the text, whatever is in it: about 20 ms a megabyte.
package struct TranscriptParser: Sendable {
    package init() {}

    package func parse(_ text: String) -> Transcript {
        let text = TranscriptLines(text)
        let form = TranscriptForm(text)
        var header = TranscriptHeader(text, form: form)
        var draft = TranscriptDraft(text.source, isSubtitled: text.hasCues)
        for index in text.lines.indices.dropFirst(header.length) {
            let line = text.lines[index]
            switch line.kind {
            case .turn(let speaker, let start, let words):
                let entry = text.speakers.names[speaker]
                if form.isTurn(of: entry, words: words, isTimed: start != nil || draft.isTimed) {
                    draft.begin(entry.speaker, start: start, words: words)
                } else {
                    draft.add(line.whole)
                }
            case .words(let words, let start):
                if let speaker = lone(index, in: text, form) {
                    draft.begin(speaker, start: nil, words: words.upperBound..<words.upperBound)
                } else {
                    if let start { draft.follows(start: start) }
                    draft.add(words)
                }
            case .time(let start): draft.follows(start: start)
            case .cue(let start, let end): draft.follows(start: start, end: end)
            case .label(let label, let name, let value):
                if label == .role, form.speaks(role: name) {
                    draft.begin(SpeakerName(name: name), start: nil, words: value)
                } else {
                    if !form.isTimed { header.note(label, text.source.string(value)) }
                    // Who was there is no part of what was said; anything else may be.
                    if form.isTimed || label != .attendees { draft.add(line.whole) }
                }
            case .number: draft.add(number: line.whole)
            }
        }
        return transcript(of: draft, header, form)
    }

    private func lone(_ index: Int, in text: TranscriptLines, _ form: TranscriptForm) -> SpeakerName? {
        guard !form.isTyped, TranscriptForm.beginsTurn(at: index, in: text),
            let words = TranscriptForm.loneWords(at: index, in: text)
        else { return nil }
        return form.lone(words)
    }

    private func transcript(of draft: TranscriptDraft, _ header: TranscriptHeader, _ form: TranscriptForm) -> Transcript
    {
        let turns = draft.turns.filter { !$0.text.isEmpty }
        let names = SpeakerUnifier(
            turns: turns.compactMap(\.speaker),
            attendees: header.attendees,
            isTyped: form.isTyped
        )
        let utterances = turns.enumerated().map { index, turn in
            Utterance(
                number: index + 1,
                speaker: turn.speaker.map(names.name),
                start: turn.start,
                end: turn.end,
                text: turn.text,
                range: turn.range
            )
        }
        return Transcript(
            utterances: utterances,
            title: header.title,
            date: header.date,
            day: header.day,
            keywords: header.keywords,
            attendees: header.attendees.map(names.name),
            aliases: names.aliases
        )
    }
}
