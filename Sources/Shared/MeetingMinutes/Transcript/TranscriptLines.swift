/// The lines of a text, each read once, and the names in front of them.
///
/// Leaves out what no reader of a WebVTT file sees: its header, and blocks of `NOTE`, `STYLE` and `REGION` (WebVTT, "file
/// structure").
struct TranscriptLines {
    let source: SourceText
    private(set) var lines: [TranscriptLine] = []
    private(set) var speakers = SpeakerTable()
    /// Whether there are subtitles, whose words may have tags.
    private(set) var hasCues = false
    private var isWebVTT = false

    init(_ text: String) {
        source = SourceText(text)
        var isInBlock = false
        for line in source.lines().lazy.flatMap({ [source] in Self.voices(in: $0, of: source) }) {
            if !isWebVTT, beginsWebVTT(line.range) {
                isWebVTT = true
                isInBlock = true
                continue
            }
            if isWebVTT, line.followsBlank { isInBlock = beginsBlock(line.range) }
            let read = TranscriptLine(line, of: source, speakers: &speakers)
            if case .cue = read.kind {
                hasCues = true
                isInBlock = false
                dropIdentifier(before: read)
            }
            if !isInBlock { lines.append(read) }
        }
    }

    /// What names a subtitle, above its times, is not said: a number, or words below a blank line, such as `intro`.
    private mutating func dropIdentifier(before cue: TranscriptLine) {
        guard !cue.followsBlank, let last = lines.last else { return }
        switch last.kind {
        case .number: lines.removeLast()
        case .words(let words, nil) where last.followsBlank && words.count <= 64 && (isWebVTT || lines.count > 1):
            lines.removeLast()
        default: break
        }
    }

    /// A line of a subtitle in which several speak (`<v Ann>Hi</v> <v Bob>Ho</v>`), as a line for each.
    private static func voices(in line: SourceText.Line, of source: SourceText) -> [SourceText.Line] {
        guard source.starts(line.range, with: "<v") else { return [line] }
        var lines: [SourceText.Line] = []
        var start = line.range.lowerBound
        for index in line.range.dropFirst() where source.bytes[index] == 0x3C {
            let rest = index..<line.range.upperBound
            guard source.starts(rest, with: "<v ") || source.starts(rest, with: "<v.") else { continue }
            lines.append(
                SourceText.Line(range: source.trimmed(start..<index), followsBlank: lines.isEmpty && line.followsBlank)
            )
            start = index
        }
        lines.append(
            SourceText.Line(range: start..<line.range.upperBound, followsBlank: lines.isEmpty && line.followsBlank)
        )
        return lines
    }

    private func beginsWebVTT(_ line: Range<Int>) -> Bool { begins(line, with: "WEBVTT") }

    private func beginsBlock(_ line: Range<Int>) -> Bool {
        begins(line, with: "NOTE") || line.count == 5 && begins(line, with: "STYLE")
            || line.count == 6 && begins(line, with: "REGION")
    }

    private func begins(_ line: Range<Int>, with word: StaticString) -> Bool {
        guard source.starts(line, with: word) else { return false }
        let end = line.lowerBound + word.utf8CodeUnitCount
        return end == line.upperBound || source.blankLength(at: end) > 0
    }
}
