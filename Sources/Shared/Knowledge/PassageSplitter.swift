import LanguageModel

/// Cuts a document into passages, each under one heading and no longer than a bound.
///
/// Passages end at headings, else between paragraphs, else between lines, else between sentences. A table that is cut has
/// its head in every part.
struct PassageSplitter: Sendable {
    struct Piece: Sendable, Equatable {
        var headings: [String]
        var text: String
    }

    /// Where a passage is long enough to end, and what it never exceeds, in tokens.
    let target: Int
    let maximum: Int

    init(target: Int = 200, maximum: Int = 400) {
        precondition(0 < target && target <= maximum, "a passage's length cannot end before it began")
        self.target = target
        self.maximum = maximum
    }

    func pieces(of text: String) -> [Piece] {
        var collector = Collector(target: target, maximum: maximum)
        var outline = Outline()
        var paragraph: [Substring] = []
        var fence: Substring?

        func closeParagraph() {
            if !paragraph.isEmpty { collector.add(paragraph, under: outline.headings) }
            paragraph.removeAll(keepingCapacity: true)
        }

        for line in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\u{0C}" }) {
            let bare = line.drop { $0 == " " || $0 == "\t" }
            if let open = fence {
                paragraph.append(line)
                if bare.hasPrefix(open) { fence = nil }
            } else if bare.hasPrefix("```") || bare.hasPrefix("~~~") {
                fence = bare.prefix(3)
                paragraph.append(line)
            } else if let heading = Heading(of: line, isFirst: paragraph.isEmpty) {
                closeParagraph()
                collector.close()
                outline.enter(heading)
            } else if bare.isEmpty {
                closeParagraph()
            } else {
                paragraph.append(line)
            }
        }
        closeParagraph()
        collector.close()
        return collector.pieces
    }
}

/// The headings above a place.
private struct Outline {
    private var open: [Heading] = []

    var headings: [String] { open.map(\.text) }

    mutating func enter(_ heading: Heading) {
        while let last = open.last, last.level >= heading.level { open.removeLast() }
        open.append(heading)
    }
}

/// Fills passages with paragraphs.
private struct Collector {
    let target: Int
    let maximum: Int
    private(set) var pieces: [PassageSplitter.Piece] = []
    private var headings: [String] = []
    private var paragraphs: [String] = []
    private var tokens = 0

    init(target: Int, maximum: Int) {
        self.target = target
        self.maximum = maximum
    }

    mutating func add(_ lines: [Substring], under headings: [String]) {
        self.headings = headings
        for part in parts(of: lines) {
            let size = TokenEstimate.tokens(in: part) + 1  // for what joins it to the next
            if tokens > 0, tokens + size > maximum || tokens >= target { close() }
            paragraphs.append(part)
            tokens += size
        }
    }

    mutating func close() {
        guard !paragraphs.isEmpty else { return }
        pieces.append(PassageSplitter.Piece(headings: headings, text: paragraphs.joined(separator: "\n\n")))
        paragraphs.removeAll()
        tokens = 0
    }

    /// A paragraph, or where it is too long its lines in groups that are not.
    private func parts(of lines: [Substring]) -> [String] {
        let whole = lines.joined(separator: "\n")
        guard TokenEstimate.tokens(in: whole) >= maximum else { return [whole] }
        let head = Self.tableHead(lines)
        var parts: [String] = []
        var group = head
        var size = TokenEstimate.tokens(in: head.joined(separator: "\n"))
        let headSize = size
        func closeGroup() {
            if group.count > head.count { parts.append(group.joined(separator: "\n")) }
            group = head
            size = headSize
        }
        for line in lines.dropFirst(head.count).flatMap(sentences) {
            let length = TokenEstimate.tokens(in: String(line)) + 1
            if size + length >= maximum { closeGroup() }
            group.append(line)
            size += length
        }
        closeGroup()
        return parts
    }

    /// The first two lines of a Markdown table, if they are short enough to be said again.
    private static func tableHead(_ lines: [Substring]) -> [Substring] {
        guard lines.count > 2, lines[0].first == "|", lines[1].first == "|",
            lines[1].allSatisfy({ "|-: ".contains($0) }), TokenEstimate.tokens(in: String(lines[0])) <= 100,
            TokenEstimate.tokens(in: String(lines[1])) <= 100
        else { return [] }
        return Array(lines[..<2])
    }

    /// A line, or where it is too long its sentences, cut where even these are.
    private func sentences(_ line: Substring) -> [Substring] {
        guard TokenEstimate.tokens(in: String(line)) > target else { return [line] }
        var sentences: [Substring] = []
        var start = line.startIndex
        var quarters = 0
        for index in line.indices {
            let character = line[index]
            quarters += character.isASCII && (character.isLetter || character == " ") ? 1 : 4
            let isEnd =
                "。！？；!?;".contains(character) || character == "." && line[line.index(after: index)...].first == " "
            if isEnd && quarters >= target || quarters >= 4 * target {
                let end = line.index(after: index)
                sentences.append(line[start..<end])
                start = end
                quarters = 0
            }
        }
        if start < line.endIndex { sentences.append(line[start...]) }
        return sentences
    }
}
